import type { BrowserContext } from '@playwright/test';
import { expect } from '../matchers/index.ts';
import { routes } from '../contract.ts';

/** The callback that Authentik redirects this browser to. It is not followed, so its code is still valid. */
export async function unspentCallback(
  app: { origin: string; context: BrowserContext },
  alter: (authorize: URL) => void = () => {},
): Promise<URL> {
  const next = async (url: string): Promise<URL> => {
    const answer = await app.context.request.get(url, { maxRedirects: 0 });
    return new URL(answer.headers()['location'] ?? `about:blank#${answer.status()}`);
  };
  const authorize = await next(app.origin + routes.signIn);
  alter(authorize);
  const callback = await next(authorize.href);
  expect(callback.searchParams.get('code'), 'the code of an unspent callback').toBeTruthy();
  return callback;
}
