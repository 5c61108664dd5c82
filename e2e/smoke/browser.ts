import type { BrowserContext, BrowserContextOptions } from '@playwright/test';
import { appNames } from '../../apps/environment/apps.ts';
import { chromiumArguments } from '../../fixtures/browser.ts';
import type { SmokeTarget } from './target.ts';
import { everyHost, type SmokeClient } from './client.ts';
import { userAgent } from './requests.ts';

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
