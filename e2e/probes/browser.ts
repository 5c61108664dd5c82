import type { BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { appNames } from '../../apps/environment/apps.ts';
import { chromiumArguments } from '../../fixtures/browser.ts';
import { userAgent, type SmokeTarget, type Account } from './target.ts';
import { everyHost, type SmokeClient } from './client.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';

/**
 * Makes Chromium reach the target in the same way as `SmokeClient`. Chromium cannot use a file of authorities. With such a
 * file it accepts only the public keys that `SmokeClient` has just verified against that file.
 */
export async function browserAccess(
  client: SmokeClient,
): Promise<{ arguments: string[]; context: BrowserContextOptions }> {
  const { proxy, caFile, connectTo = [], headers = {} } = client.target;
  const keys = caFile ? await verifiedKeys(client) : [];
  return {
    arguments: [
      ...chromiumArguments(keys),
      ...(connectTo.length > 0
        ? [
            `--host-resolver-rules=${connectTo.map(({ host, port, toHost, toPort }) => `MAP ${host}:${port} ${toHost}:${toPort}`).join(',')}`,
          ]
        : []),
    ],
    context: {
      userAgent,
      extraHTTPHeaders: { ...headers },
      ...(proxy ? { proxy: proxySettings(proxy) } : {}),
    },
  };
}

async function verifiedKeys(client: SmokeClient): Promise<string[]> {
  const answers = await Promise.all(everyHost.map(([role, path]) => client.get(role, path)));
  return [...new Set(answers.flatMap(({ certificate }) => (certificate ? [certificate.spki] : [])))];
}

function proxySettings(proxy: string): NonNullable<BrowserContextOptions['proxy']> {
  const { host, protocol, username, password } = new URL(proxy);
  return {
    server: `${protocol}//${host}`,
    ...(username ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : {}),
  };
}

/**
 * Lets the browser read from the apps and sign out of them. Requests to Authentik are not limited, because its sign-in
 * needs more. All other hosts are blocked.
 */
export async function blockWrites(context: BrowserContext, { urls }: SmokeTarget): Promise<void> {
  await context.route('**', async (route) => {
    const request = route.request();
    const { origin, pathname } = new URL(request.url());
    const isApp = appNames.some((app) => origin === urls[app]);
    const isRead = request.method() === 'GET';
    const isSignOut = request.method() === 'POST' && pathname === '/auth/oidc/logout';
    await ((isApp && (isRead || isSignOut)) || origin === urls.auth
      ? route.continue()
      : route.abort('blockedbyclient'));
  });
}

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
