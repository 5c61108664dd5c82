import type { BrowserContext, Page } from '@playwright/test';
import { AuthentikLogin } from '../models/authentik-login.ts';
import type { Account } from './target.ts';

/** Milliseconds for each step in the browser: less than the test's timeout, so that the step fails and not the test. */
export const stepTimeout = 15_000;

/** Signs the test user in to an app. @param own origin of the app. @throws Error that names no secret. */
export async function signIn(page: Page, own: string, account: Account): Promise<void> {
  await page.goto(`${own}/sign-in`);
  await page.getByRole('link', { name: 'Sign in' }).click();
  const isIn = await new AuthentikLogin(page)
    .signIn(account)
    .then(() => page.waitForURL(`${own}/`))
    .then(
      () => true,
      // Its message is dropped, because it contains the typed text.
      () => false,
    );
  if (isIn) return;
  throw new Error(
    `The test user did not get through Authentik's sign-in; the browser is at ${page.url().split('?')[0]}: ` +
      'look whether the account is active, has no second factor, and may open the application.',
  );
}

export async function cookieHeader(context: BrowserContext, own: string): Promise<string> {
  return (await context.cookies(own)).map(({ name, value }) => `${name}=${value}`).join('; ');
}
