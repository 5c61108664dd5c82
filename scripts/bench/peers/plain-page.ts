import { expect, test } from '@playwright/test';
import { hydrated } from '../../../e2e/models/app.ts';

/** The assertions of `open` in e2e/models/app.ts. */
test('the sign-in page, with the fixtures of Playwright', async ({ page, baseURL }) => {
  const response = await page.goto('/sign-in');
  expect(response?.status()).toBe(200);
  await hydrated(page);
  expect(page.url()).toBe(`${baseURL}/sign-in`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
