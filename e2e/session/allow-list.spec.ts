import { sessionApp } from '../../apps/environment/apps.ts';
import { limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { rawRequest, spellings } from '../models/raw-request.ts';
import { refreshesAfter } from '../models/refreshes.ts';
import { unspentCallback } from '../models/unspent-callback.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

/** Resources that must be reachable only by their exact path and method, with and without a session. */
const routesOfSignIn = ['/auth/oidc/login', '/auth/oidc/callback', '/auth/oidc/logout', '/auth/return'] as const;
const routesOfModule = [
  ...routesOfSignIn,
  '/auth/login',
  '/auth/logout',
  '/api/_auth/session',
  '/api/_auth/refresh',
] as const;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'] as const;

/** The methods that each resource is served for. HEAD does not count as GET here. */
const served: Readonly<Record<(typeof routesOfModule)[number], readonly string[]>> = {
  '/auth/oidc/login': ['GET'],
  '/auth/oidc/callback': ['GET'],
  '/auth/oidc/logout': ['GET', 'POST'],
  '/auth/return': ['GET'],
  '/auth/login': [],
  '/auth/logout': [],
  '/api/_auth/session': ['GET'],
  '/api/_auth/refresh': [],
};

/**
 * Redirects to the sign-in page or the proper spelling, and all refusals; 400 is Node's response to a malformed target.
 */
const refusals = new Set([302, 308, 400, 401, 404, 405]);

test.use({ appName });

test(
  'sign-out with a trailing slash does nothing',
  { tag: ['@path-normalization-bypass'] },
  async ({ app, newPerson }) => {
    await app.startSession(await newPerson());
    const evil = encodeURIComponent('https://evil.example/');
    const answer = await app.call(`/auth/oidc/logout/?logoutRedirectUri=${evil}`);
    const location = new URL(answer.headers()['location'] ?? '/', app.origin);
    const returnUrl = location.searchParams.get('post_logout_redirect_uri');
    expect({ status: answer.status(), returnUrl }, 'answer to a sign-out with a slash').toEqual({
      status: 404,
      returnUrl: null,
    });
    expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(200);
  },
);

test(
  'a callback with a trailing slash changes no session',
  { tag: ['@path-normalization-bypass'] },
  async ({ app, newPerson, newProfile, sessionStore }) => {
    const [attacker, victim] = [await newPerson(), await newPerson()];
    const [session] = await sessionStore.sessionsAddedBy(() => app.startSession(victim));
    expect(session, 'the stored session of the victim').toBeTruthy();
    const before = await sessionStore.value(session!);

    const other = await app.inProfile(await newProfile());
    await other.startSession(attacker);
    // Without PKCE, as an attacker would do: then only the state protects the victim.
    const callback = await unspentCallback(other, ({ searchParams }) => {
      searchParams.delete('code_challenge');
      searchParams.delete('code_challenge_method');
    });
    const answer = await app.call(`${callback.pathname}/${callback.search}`);

    expect(answer.status(), 'a callback with a slash').toBe(404);
    expect((await sessionStore.value(session!)) === before, 'the stored session is what it was').toBe(true);
  },
);

test(
  'no request to the refresh endpoint of the module refreshes a session',
  { tag: ['@path-normalization-bypass'] },
  async ({ app, edge, newPerson }) => {
    const person = await newPerson();
    await app.startSession(person);
    const signedIn = await edge.cursor();
    const answers: Record<string, number> = {};
    for (const path of ['/api/_auth/refresh', '/api/_auth/refresh/', '/api/_auth//refresh', '/api/_auth/%72efresh']) {
      answers[path] = (await app.context.request.post(app.origin + path, { maxRedirects: 0 })).status();
    }
    expect(answers, 'POST to every spelling of the refresh route').toEqual(
      Object.fromEntries(Object.keys(answers).map((path) => [path, 404])),
    );
    expect(await refreshesAfter(edge, signedIn), 'token requests of that').toEqual([]);
  },
);

test(
  'no sign-in route is served under another spelling or for another method',
  {
    tag: [
      '@path-normalization-bypass',
      '@any-http-method-accepted',
      '@module-handlers-before-guards',
      '@page-for-every-scanner',
    ],
  },
  async ({ app, fleet, newPerson }) => {
    await app.startSession(await newPerson());
    const cookie = await app.cookieHeader();
    const answers: Record<string, number | undefined> = {};
    const ask = async (method: string, target: string): Promise<void> => {
      const { status } = await rawRequest(fleet, appName, { method, target, headers: { cookie } });
      answers[`${method} ${target}`] = status;
    };
    for (const path of routesOfModule) {
      for (const respelled of Object.values(spellings)) await ask('GET', respelled(path));
      for (const method of methods) if (!served[path].includes(method)) await ask(method, path);
      await ask('POST', `${path}/`);
    }
    const asked = Object.keys(answers).length;
    precondition(asked > 150, `it made only ${asked} requests`);
    const other = Object.entries(answers).filter(([, status]) => status !== 404 && status !== 405);
    // Paths with capitals match no API route. They count as pages that do not exist, and with a session the page
    // itself says so.
    expect(other, 'answers that are neither 404 nor 405').toEqual([]);
    const refused = async (method: string, target: string) => {
      // A page would take ten times the CPU, and no user sees it.
      const headers = { accept: 'text/html' };
      const answer = await app.context.request.fetch(app.origin + target, { method, headers, maxRedirects: 0 });
      const { message } = (await answer.json()) as { message?: string };
      return { allow: answer.headers()['allow'], message };
    };
    expect(await refused('DELETE', '/auth/oidc/logout'), 'what is said to another method').toEqual({
      allow: 'GET, POST',
      message: 'This method is not allowed here.',
    });
    expect(await refused('POST', '/api/_auth/refresh'), 'what is said to another address').toEqual({
      message: 'There is no such address.',
    });
    expect((await app.call('/api/me')).status(), 'the session afterwards').toBe(200);
  },
);

test(
  'no spelling of a page or an API route bypasses the session check',
  { tag: ['@path-normalization-bypass'], annotation: shows('ASVS 7.2.1') },
  async ({ fleet }) => {
    const { pages, api } = sessionApp[appName];
    const opened: string[] = [];
    let asked = 0;
    for (const path of [...pages.slice(1), ...api]) {
      for (const [name, respell] of Object.entries({ itself: (given: string) => given, ...spellings })) {
        for (const method of ['GET', 'HEAD', 'POST']) {
          const target = respell(path);
          const { status, text } = await rawRequest(fleet, appName, {
            method,
            target,
            headers: { accept: 'text/html' },
          });
          asked += 1;
          const refused = status !== undefined && refusals.has(status);
          if (!refused || text.includes('Sign out')) opened.push(`${method} ${target} (${name}): ${status}`);
        }
      }
    }
    precondition(asked > 200, `it made only ${asked} requests`);
    expect(opened, 'what is answered without a session').toEqual([]);
  },
);

test(
  'an unknown path below a prefix of the framework is a 404, not the sign-in page',
  { tag: ['@internal-paths-are-pages'] },
  async ({ fleet }) => {
    const paths = ['/auth/other', '/auth/oidc', '/api/_other', '/_other', '/__other', '/_nuxt', '/_nuxt/other.js'];
    // Build files that no pod has, after the last retry, and other forms of the URL.
    paths.push(
      '/_nuxt/B4fJ_-x0.js?retry=15',
      '/_nuxt/B4fJ_-x0.js?retry=1&b',
      '//_nuxt/B4fJ_-x0.js',
      '/_nuxt//B4fJ_-x0.js',
    );
    const answers: Record<string, string> = {};
    for (const target of paths) {
      const { status, text } = await rawRequest(fleet, appName, {
        method: 'GET',
        target,
        headers: { accept: 'text/html' },
      });
      answers[target] = `${status} ${text.startsWith('{') ? 'JSON' : 'page'}`;
    }
    // A page would take ten times the CPU.
    expect(answers, 'answers without a session').toEqual(Object.fromEntries(paths.map((path) => [path, '404 JSON'])));
  },
);

test('a URL with extra slashes leads to its page', { tag: ['@trailing-slash-is-404'] }, async ({ app, newPerson }) => {
  await app.startSession(await newPerson());
  const page = sessionApp[appName].pages[1];
  await app.goto(`/${page}/?from=mail`);
  await expect(app.page, 'where a page with slashes too many leads').toHaveURL(`${app.origin}${page}?from=mail`);
  await expect(app.signOutControl).toBeVisible();
});

test(
  'a client that sends a large body to a pod gets the answer',
  { tag: ['@answer-to-large-body-lost'] },
  async ({ app, fleet }) => {
    const statuses: Record<string, number> = {};
    // Not through an ingress: Traefik itself waits for half a second only (Go, net/http `rstAvoidanceDelay`).
    await app.pinTo((await twoPods(fleet, appName))[0]);
    // As much as a busy machine sends within the 2 s that the apps give it.
    for (const megabytes of [...Array.from({ length: 20 }, () => 1), 10, 10, 10]) {
      const options = { data: Buffer.alloc(megabytes * 1024 * 1024), timeout: limit(10_000) };
      const status = await app.context.request
        .post(`${app.origin}/auth/oidc/backchannel-logout`, options)
        .then((answer) => `${answer.status()}`)
        .catch((error: Error) => error.message.split('\n')[0] ?? '');
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    expect(statuses, 'answers to large bodies').toEqual({ 413: 23 });
  },
);

test(
  'a large body is rejected on every path before it is read, and one without an end closes the connection',
  { tag: ['@no-body-limit'] },
  async ({ fleet }) => {
    // No body is sent: a server that closes a connection with unread bytes resets it, which can drop its response.
    const bodies = {
      '150 MB': { headers: { 'content-length': String(150 * 1024 * 1024), connection: 'keep-alive' } },
      'chunks without end': { headers: { 'transfer-encoding': 'chunked', connection: 'keep-alive' } },
    };
    const requests = [
      '/auth/oidc/callback',
      '/auth/oidc/callback/',
      '/api/_auth/refresh',
      '/sign-in',
      '/favicon.svg',
    ].flatMap((target) =>
      Object.entries(bodies).map(([name, sent]) => ({ name: `${name} to ${target}`, target, ...sent })),
    );
    const answers = Object.fromEntries(
      await Promise.all(
        requests.map(async ({ name, ...request }) => {
          const { status, ended } = await rawRequest(fleet, appName, { method: 'POST', ...request });
          return [name, `${status ?? 'no answer'}, ${ended ? 'ended' : 'open'}`] as const;
        }),
      ),
    );
    expect(answers, 'answers to bodies that have not come to their end').toEqual(
      Object.fromEntries(requests.map(({ name }) => [name, '413, ended'])),
    );
  },
);
