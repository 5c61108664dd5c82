import type { Page } from '@playwright/test';
import { expect } from '../matchers/index.ts';

/** Resolves when no part of the page is loading. A request in progress could get a response from a later state. */
export async function loaded(page: Page): Promise<void> {
  const main = page.getByRole('main');
  const asking = main.getByRole('status').or(main.getByRole('button', { name: 'One moment' }));
  await expect(asking, 'parts that are still loading').toHaveCount(0);
}
