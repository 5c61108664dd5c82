import { readFileSync } from 'node:fs';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { bareName, contract } from '../contract.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';
import { blockWrites, browserAccess } from './browser.ts';
import type { SmokeClient } from './client.ts';
import type { SessionCookies } from './probes.ts';
import type { Account } from './target.ts';

/**
 * Milliseconds for each step in the browser. Shorter than the test's timeout, so that the step fails and not the test.
 */
export const stepTimeout = 15_000;

const sessionCookie = bareName(contract.sessionCookie);

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

/** The cookies of an app in one header. */
export async function cookieHeader(context: BrowserContext, own: string): Promise<string> {
  return (await context.cookies(own)).map(({ name, value }) => `${name}=${value}`).join('; ');
}

/**
 * Signs the test user in to each app. An app that does not let the user in, or does not answer, has no session.
 * @returns the sessions, and a sentence for each sign-in that failed.
 */
async function signInToEach(
  client: SmokeClient,
  account: Account,
): Promise<{ sessions: SessionCookies; problems: string[] }> {
  let access: Awaited<ReturnType<typeof browserAccess>>;
  try {
    access = await browserAccess(client);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { sessions: {}, problems: [error.message] };
  }
  const problems: string[] = [];
  const sessions: Partial<Record<AppName, string>> = {};
  const browser = await chromium.launch({ ...browserOptions(), args: access.arguments });
  try {
    for (const app of appNames) {
      const own = client.target.urls[app];
      const context = await browser.newContext(access.context);
      await blockWrites(context, client.target);
      const page = await context.newPage();
      page.setDefaultTimeout(stepTimeout);
      const problem = await signIn(page, own, account).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const cookie = await cookieHeader(context, own);
      // Behind a fault that refuses sessions the sign-in ends at the sign-in page, with a cookie all the same.
      if (cookie.includes(sessionCookie)) sessions[app] = cookie;
      else problems.push(`${app}: ${problem ?? 'the sign-in left no session cookie.'}`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
  return { sessions, problems };
}

/** The sessions in a file: a line `<app>: <cookie header>` for each. @throws HarnessError without one. */
function sessionsIn(file: string): SessionCookies {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}). Give --cookie a file.`);
  }
  const sessions = Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, app = '', value = ''] = /^\s*(\w[\w-]*):\s*(\S.*)$/.exec(line) ?? [];
      return (appNames as readonly string[]).includes(app) ? [[app, value]] : [];
    }),
  ) as SessionCookies;
  if (Object.keys(sessions).length > 0) return sessions;
  throw new HarnessError(
    `${file} has no session cookie. Write lines such as "${appNames[0]}: ${contract.sessionCookie}=…" in it, from the cookie header of a browser.`,
  );
}

/** The sessions to ask with: those in a file, those of the test user, or none. @throws HarnessError without one in the file. */
export async function sessionsFor(
  client: SmokeClient,
  { cookie, account }: { cookie: string | undefined; account: Account | undefined },
): Promise<{ sessions: SessionCookies; problems: string[] }> {
  if (cookie !== undefined) return { sessions: sessionsIn(cookie), problems: [] };
  return account ? signInToEach(client, account) : { sessions: {}, problems: [] };
}
