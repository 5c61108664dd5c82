import { expect, test } from 'vitest';
import { signInByHttp } from './sign-in-by-http.ts';

const app = 'https://app.test';
const person = { username: 'p', name: 'P', email: 'p@mail.test', password: 'w', groups: [] };

/** A browser whose requests are redirected as listed; any other URL responds with this status. */
const redirected = (to: Readonly<Record<string, string>>, otherwise = 200) => ({
  send: async (url: string) => ({
    status: to[url] ? 302 : otherwise,
    url,
    headers: (to[url] ? { location: to[url] } : {}) as Record<string, string>,
  }),
  logIn: () => Promise.reject(new Error('not asked for')),
});

test('a sign-in that fails in the app is reported with its reason, and without the code', async () => {
  const browser = redirected({
    [`${app}/auth/oidc/login`]: 'https://auth.test/authorize',
    'https://auth.test/authorize': `${app}/auth/oidc/callback?code=secret`,
    [`${app}/auth/oidc/callback?code=secret`]: `${app}/sign-in?failed=unavailable`,
  });
  await expect(signInByHttp(browser, app, person, '/auth/oidc/login')).rejects.toThrow(
    'https://app.test/sign-in?failed=unavailable answered 200 without a location',
  );
});

test('a sign-in may be redirected inside the app before it comes to the provider', async () => {
  const browser = redirected({
    [`${app}/start`]: '/go',
    [`${app}/go`]: `${app}/login`,
    [`${app}/login`]: 'https://auth.test/authorize',
    'https://auth.test/authorize': `${app}/callback?code=c`,
    [`${app}/callback?code=c`]: `${app}/`,
  });
  await expect(signInByHttp(browser, app, person, '/start')).resolves.toBe(false);
});

test.each([
  ['/', true],
  ['/error', false],
])('a sign-in to an app without pages, which leads to %s, has succeeded: %s', async (path, isIn) => {
  const browser = redirected(
    {
      [`${app}/login`]: 'https://auth.test/authorize',
      'https://auth.test/authorize': `${app}/callback?code=c`,
      [`${app}/callback?code=c`]: path,
    },
    404,
  );
  const ended = signInByHttp(browser, app, person, '/login', { home: null }).then(
    () => true,
    () => false,
  );
  expect(await ended).toBe(isIn);
});

test('a sign-in that the provider refuses tells its words', async () => {
  const callback = `${app}/callback?error=access_denied&error_description=No%20role`;
  const browser = redirected({
    [`${app}/login`]: 'https://auth.test/authorize',
    'https://auth.test/authorize': callback,
  });
  await expect(signInByHttp(browser, app, person, '/login', { home: null })).rejects.toThrow(
    'unproven: the provider refuses the sign-in: "access_denied: No role" came to /callback',
  );
});
