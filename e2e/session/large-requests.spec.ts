import { sessionApp } from '../../apps/environment/apps.ts';
import { groups as knownGroups } from '../../fixtures/people.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { deadline } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { twoPods } from '../claims/two-pods.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

const kilobytes = (count: number): string => 'x'.repeat(count * 1024);

const millisecondsOf = async (send: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await send();
  return performance.now() - begin;
};

/**
 * How many times as long one request takes as another: the shortest of some, in turn, because others use the machine as
 * well.
 */
async function timesAsLong(
  rounds: number,
  send: () => Promise<unknown>,
  usual: () => Promise<unknown>,
): Promise<number> {
  const shortest = { one: Infinity, other: Infinity };
  for (let round = 0; round < rounds; round += 1) {
    shortest.one = Math.min(shortest.one, await millisecondsOf(send));
    shortest.other = Math.min(shortest.other, await millisecondsOf(usual));
  }
  return shortest.one / shortest.other;
}

test.use({ appName });
const page = sessionApp[appName].pages[1];

for (const [name, query] of [
  ['of 3 KB', `?q=${kilobytes(3)}`],
  ['of 8 KB', `?q=${kilobytes(8)}`],
  ['of 22 KB that grows when it is encoded', `?q=${'/'.repeat(22 * 1024)}`],
] as const) {
  test(
    `a deep link ${name} leads to its page after sign-in`,
    { tag: ['@return-path-without-limit'] },
    async ({ app, newPerson }) => {
      const location = (await app.call(page + query)).headers()['location'] ?? '';
      expect(location.slice(0, 100), 'where a long deep link leads without a session').toMatch(/^\/sign-in/);
      expect(location.length, 'length of the address of the sign-in page').toBeLessThan(2200);
      await app.goto(page + query);
      await app.signInControl.click();
      await new AuthentikLogin(app.page).signIn(await newPerson());
      await expect
        .poll(() => app.page.url().slice(0, 100), 'where a sign-in from a long deep link ends')
        .toMatch(new RegExp(`^${app.origin}(?:/$|${page}\\?q=)`));
      await expect(app.signOutControl).toBeVisible();
    },
  );
}

test(
  'a sign-in page with a long URL leads to a session',
  { tag: ['@referer-in-cookie'] },
  async ({ app, newPerson }) => {
    // Below 4096, because above that Chromium sends only the origin as the referrer.
    await app.goto(`/sign-in?note=${kilobytes(3.5)}`);
    await app.signInControl.click();
    await new AuthentikLogin(app.page).signIn(await newPerson());
    await expect
      .poll(() => app.page.url().slice(0, 100), 'where a sign-in from a page with a long address ends')
      .toBe(`${app.origin}/`);
    await expect(app.signOutControl).toBeVisible();
  },
);

test(
  'a user in 400 groups signs in, uses the app and signs out',
  { tag: ['@header-limit-16-kib', '@id-token-hint-without-limit'] },
  async ({ app, newPerson }) => {
    const teams = Array.from({ length: 400 }, (_, team) => `team-${team}-of-example-tenant`);
    await app.signIn(await newPerson([knownGroups.operators, knownGroups.customers, ...teams]));
    const answers: Record<string, number> = {};
    for (const path of sessionApp[appName].api) answers[path] = (await app.call(path)).status();
    expect(answers, 'API calls of a person in 400 groups').toEqual(
      Object.fromEntries(sessionApp[appName].api.map((path) => [path, 200])),
    );
    for (const path of sessionApp[appName].pages) {
      await app.goto(path);
      await expect(app.page, `${path} of a person in 400 groups`).toHaveURL(app.origin + path);
      await expect(app.signOutControl).toBeVisible();
      await expect(app.page.getByRole('alert')).toHaveCount(0);
    }

    const failed: string[] = [];
    app.page.on('response', (response) => {
      if (response.request().isNavigationRequest() && response.status() >= 400)
        failed.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    await app.signOutControl.click();
    // Not the address, because it may contain a token.
    const end = (): string => failed[0] ?? new URL(app.page.url()).pathname;
    await expect.poll(end, 'where signing out ends').toMatch(/^\/(?:if\/flow\/|signed-out$)/);
    expect((await app.call('/api/me')).status(), 'the session after signing out').toBe(401);
  },
);

/** Chromium keeps 180 cookies of a domain, and sends the oldest first. */
for (const { what, count, value, tag } of [
  { what: '40 KB of cookies', count: 10, value: kilobytes(3.9), tag: '@header-limit-16-kib' },
  { what: '170 cookies', count: 170, value: 'x', tag: '@fifty-cookies' },
]) {
  test(
    `a browser with ${what} of other hosts is served`,
    { tag: [tag], annotation: shows('RFC 6265bis 4.2.1 size') },
    async ({ app, fleet, newPerson }) => {
      const domain = fleet.hosts[appName];
      const others = Array.from({ length: count }, (_, index) => ({
        name: `other-${index}`,
        value,
        domain,
        path: '/',
      }));
      await app.context.addCookies(others);
      const answer = await app.context.request.get(`${app.origin}/sign-in`);
      expect(answer.status(), 'the sign-in page with many cookies').toBe(200);
      await app.startSignIn();
      await new AuthentikLogin(app.page).signIn(await newPerson());
      await expect.poll(() => app.page.url(), `where a sign-in with ${what} ends`).toBe(`${app.origin}/`);
      await app.expectSignedIn();
    },
  );
}

test(
  'a cookie that is too long to be one of the app keeps no pod busy',
  { tag: ['@long-return-cookie-is-read'] },
  async ({ app, fleet }) => {
    const [pod] = await twoPods(fleet, appName);
    const pairs = JSON.stringify(Array.from({ length: 7_000 }, () => ['', '']));
    const statuses = new Set<number>();
    const signInWith = (value: string) => async () => {
      const headers = { cookie: `__Host-dezky-return-to=${value}` };
      const answer = await app.call('/auth/oidc/login', { pod, headers, timeout: deadline(60_000) });
      statuses.add(answer.status());
    };
    const times = await timesAsLong(3, signInWith(pairs), signInWith('x'.repeat(pairs.length)));
    // To encode it for each pair takes more than a hundred times as long.
    expect(times, 'times as long as with a cookie without pairs').toBeLessThan(50);
    expect([...statuses], 'answers to sign-ins with that cookie').toEqual([200]);
  },
);

test(
  'a long path with thousands of accepted encodings takes no longer than with one',
  { tag: ['@encodings-looked-up'] },
  async ({ app }) => {
    const path = `/${kilobytes(14)}`;
    const accepting = (encodings: string) => () => app.call(path, { headers: { 'accept-encoding': encodings } });
    // A look at a file for each takes a second; both times are of this machine.
    expect(await timesAsLong(5, accepting('br,'.repeat(14_000)), accepting('br')), 'times as long').toBeLessThan(20);
  },
);

test(
  'thousands of parameters are refused on every route, and where they cost most they cost no more than one parameter',
  { tag: ['@parameters-without-limit'] },
  async ({ app, fleet, request }) => {
    const paths = [
      page,
      '/sign-in',
      '/__nuxt_error',
      '/auth/oidc/login',
      '/auth/oidc/callback',
      '/favicon.ico',
      '/api/me',
    ];
    const users = `${httpsOf(fleet.hosts.api)}/v1/users`;
    const undecodable = 'a%&';
    const get = (url: string) => request.get(url, { maxRedirects: 0 });
    const statuses: Record<string, number> = {};
    // Shorter than what every route accepts.
    const query = `?${undecodable.repeat(2000)}`;
    for (const url of [...paths.map((path) => app.origin + path), users])
      statuses[url] = (await get(url + query)).status();
    expect(statuses, 'answers to 2,000 parameters').toEqual({
      ...Object.fromEntries(paths.map((path) => [app.origin + path, 414])),
      [users]: 400,
    });

    for (const url of [`${app.origin}/__nuxt_error`, users]) {
      const getWith = (parameter: string) => () =>
        get(`${url}?${parameter.repeat(Math.trunc((60 * 1024) / parameter.length))}`);
      const times = await timesAsLong(10, getWith(undecodable), getWith('a'));
      expect(times, `${url}: times as long as with one parameter`).toBeLessThan(10);
    }
  },
);
