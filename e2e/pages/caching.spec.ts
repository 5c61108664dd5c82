import type { APIResponse } from '@playwright/test';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { callbackByHttp } from '../claims/sign-in-by-http.ts';
import { contract, routes } from '../contract.ts';
import { expect, test } from '../index.ts';
import { shows } from '../requirements/requirements.ts';

interface Seen {
  what: string;
  cacheControl: string;
  poweredBy: string;
}

const seenIn = (what: string, headers: Readonly<Record<string, string>>): Seen => ({
  what,
  cacheControl: headers['cache-control'] ?? 'none',
  poweredBy: headers['x-powered-by'] ?? 'none',
});

/** Addresses with a host in the headers and the body of a response. */
const addressesIn = async (answer: APIResponse): Promise<string[]> =>
  [...Object.values(answer.headers()), await answer.text()].flatMap(
    (text) => text.match(/(?:https?:)?\/\/[^"'\s<>]+/g) ?? [],
  );

const isAsset = ({ what }: Seen): boolean => /^2\d\d GET \/_nuxt\//.test(what);
const isFile = ({ what }: Seen): boolean => /^\d+ GET \/[\w-]+\.(?:svg|txt)$/.test(what);
const controls = (seen: readonly Seen[]): string[] => seen.map(({ what, cacheControl }) => `${what}: ${cacheControl}`);

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'pages and API responses are never cached, scripts and styles are, and no response names the server software',
      {
        tag: ['@responses-cacheable', '@callback-links-another-host'],
        annotation: shows('RFC 9700 4.2.4 callback page'),
      },
      async ({ app, fleet, newPerson, newProfile }) => {
        const { pages, api } = sessionApp[appName];
        const seen: Seen[] = [];
        const inBrowser = await app.responsesDuring(async () => {
          await app.signIn(await newPerson());
          for (const path of [...pages, '/no-such-page']) await app.goto(path);
          await app.goto('/');
          for (const path of [...api, '/api/_auth/session', '/api/no-such-route', '/_nuxt/no-such-script.js']) {
            const answer = await app.call(path);
            seen.push(seenIn(`${answer.status()} GET ${path}`, answer.headers()));
          }
          await app.signOut();
        });
        for (const answer of inBrowser) {
          const { pathname } = new URL(answer.url());
          seen.push(seenIn(`${answer.status()} ${answer.request().method()} ${pathname}`, answer.headers()));
        }
        const stranger = (await newProfile()).request;
        for (const path of ['/', api[0], '/api/_auth/session', routes.callback]) {
          const answer = await stranger.get(app.origin + path, { maxRedirects: 0 });
          seen.push(seenIn(`${answer.status()} GET ${path}, anonymous`, answer.headers()));
          if (path !== routes.callback) continue;
          expect(await addressesIn(answer), 'addresses with a host in the response to a callback').toEqual([]);
        }
        const { callback } = await callbackByHttp(stranger, app.origin, await newPerson(), routes.signIn);
        const signedIn = await stranger.get(callback, { maxRedirects: 0 });
        expect(signedIn.headers()['set-cookie'], 'a callback that signs in').toContain(`${contract.sessionCookie}=`);
        expect(await addressesIn(signedIn), 'addresses with a host in the response that signs in').toEqual([]);

        const answers = seen.filter((one) => !isAsset(one) && !isFile(one));
        expect(
          answers.map(({ what }) => what),
          'answers that were looked at',
        ).toEqual(
          expect.arrayContaining([
            ...pages.map((path) => `200 GET ${path}`),
            ...api.map((path) => `200 GET ${path}`),
            `401 GET ${api[0]}, anonymous`,
            '200 GET /api/_auth/session',
            '404 GET /no-such-page',
            '404 GET /_nuxt/no-such-script.js',
            '302 GET /auth/oidc/callback',
            '302 GET /auth/return',
            '303 POST /auth/oidc/logout',
          ]),
        );
        expect(
          controls(answers.filter(({ cacheControl }) => cacheControl !== 'no-store')),
          'answers that a cache may store',
        ).toEqual([]);

        const assets = seen.filter(isAsset);
        expect(assets.length, 'scripts and styles that were loaded').toBeGreaterThan(0);
        expect(
          controls(assets.filter(({ cacheControl }) => !/^public,.*\bimmutable$/.test(cacheControl))),
          'scripts and styles that a browser asks for again on every page',
        ).toEqual([]);

        const health = await stranger.get(`${httpsOf(fleet.hosts.api)}/health/ready`);
        expect(health.status(), 'health of platform-api').toBe(200);
        const ofPlatformApi = seenIn('200 GET /health/ready of platform-api', health.headers());
        expect(ofPlatformApi.cacheControl, 'what platform-api says to caches').toBe('no-store');
        seen.push(ofPlatformApi);
        expect(
          seen.filter(({ poweredBy }) => poweredBy !== 'none').map(({ what, poweredBy }) => `${what}: ${poweredBy}`),
          'answers with x-powered-by',
        ).toEqual([]);
      },
    );
  });
}
