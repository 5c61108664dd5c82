import { expect, test } from 'vitest';
import { dezkyStory as storyOf } from './dezky.ts';
import { textOf } from './outcome.ts';
import { wrongResponsesIn } from './story.ts';
import { firstWrongIn } from './timeline.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const html = 'text/html,application/xhtml+xml';
const own = 'https://operator.dezky.example';

const loginAt = (at: number): Short => ({
  at,
  url: `${own}/auth/oidc/login`,
  status: 302,
  location: 'https://auth.dezky.example/application/o/authorize/?state=secret',
});
const signOut = (at: number, location: string): Short => ({
  at,
  method: 'POST',
  url: `${own}/auth/oidc/logout`,
  status: 303,
  location,
});

test('a recording becomes sign-ins, calls, pages and sign-outs, and nothing else of it', () => {
  const story = storyOf(
    exchanges([
      loginAt(0),
      { at: 0.5, url: 'https://auth.dezky.example/application/o/authorize/?state=secret', status: 302 },
      signInBy('operator-a-1', 1),
      { at: 2, url: `${own}/`, status: 200, accept: html, pod: 'operator-a-2' },
      { at: 2.1, url: `${own}/_nuxt/entry.js`, status: 200 },
      { at: 2.2, url: `${own}/sign-in`, status: 200, accept: html },
      { at: 3, url: `${own}/api/users/anna?token=secret`, status: 200 },
      { at: 4, url: `${own}/api/me`, status: 0 },
      signOut(5, 'https://auth.dezky.example/x?id_token_hint=secret'),
    ]),
  );
  expect(story.requests.map(({ does, path, outcome }) => `${does} ${path}: ${textOf(outcome)}`)).toEqual([
    'sign in /auth/oidc/callback: signed in',
    'open page /: 200',
    'call /api/me: 200',
    'sign out /auth/oidc/logout: 303 to Authentik',
  ]);
  expect(JSON.stringify(story.requests)).not.toMatch(/secret|anna/);
});

test.each([
  ['pod', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc'],
  ['pod', 'operator-a\u009b31m'],
  ['pod', 'x'.repeat(254)],
  ['revision', '1\u009b31m'],
  ['revision', 'x'.repeat(64)],
] as const)('a header that is no %s (%j) does not become one', (name, value) => {
  const [request] = storyOf(exchanges([{ ...callBy('operator-a', 1, 401), [name]: value }])).requests;
  expect(request?.[name]).toBeUndefined();
});

test('a recording without these apps gets a sentence', () => {
  const inPages = ['data:text/html,x', 'blob:https://operator.dezky.example/1', 'operator:/api/me'];
  expect(() => storyOf(exchanges(inPages.map((url, at) => ({ at, url, status: 200 }))))).toThrow(
    'It has no request over HTTP.',
  );
  expect(() => storyOf(exchanges([{ at: 9, url: 'https://foo.example.org/x', status: 200 }]))).toThrow(
    'it has requests to foo.example.org. If one of them is: --map foo.example.org=operator',
  );
});

test.each<[Partial<Short>, string]>([
  [{ status: 401 }, '401'],
  [{ status: 304 }, '200'],
  [{ status: 302, location: '/sign-in?to=%2Fusers' }, '302 to /sign-in'],
  [{ status: 302, location: '/reset/9f8a7c6d5e4f3a2b1c0d' }, '302 to another page'],
  [{ status: 401, setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' }, '401, cookie removed'],
  [{ status: 403, clears: '"cache", "cookies"' }, '403, cookie removed'],
  [{ status: 401, setCookie: '__Host-nuxt-oidc-auth=Fe26; Max-Age=1209600; Path=/' }, '401, cookie replaced'],
  [{ status: 200, setCookie: '__Host-nuxt-oidc-auth=Fe26; Max-Age=1209600; Path=/' }, '200'],
])('the outcome of %j is %s', (answer, outcome) => {
  const { requests } = storyOf(exchanges([{ ...callBy('operator-a-1', 0, 200), ...answer }]));
  expect(requests.map((request) => textOf(request.outcome))).toEqual([outcome]);
});

const wrongIn = (...shorts: Short[]) => wrongResponsesIn(storyOf(exchanges(shorts)));

test('only the refusals of a signed-in user are wrong', () => {
  expect(wrongIn(callBy('a-1', 0, 401, { cookie: 'theme=dark' }), signInBy('a-1', 1), callBy('a-1', 2, 200))).toEqual(
    [],
  );
  expect(wrongIn(callBy('a-1', 0, 401), callBy('a-2', 1, 200))).toEqual([0]);
  expect(wrongIn(callBy('a-1', 0, 401, { reason: 'none' }), signInBy('a-1', 1), callBy('a-1', 2, 200))).toEqual([]);
  expect(wrongIn(callBy('a-1', 0, 401, { reason: 'idle' }), signInBy('a-1', 1))).toEqual([0]);
  expect(wrongIn(signInBy('a-1'), signOut(2, '/signed-out'), callBy('a-1', 3, 401))).toEqual([]);
  expect(wrongIn(signInBy('a-1'), callBy('a-1', 3, 401))).toEqual([1]);
});

const end = 'https://auth.dezky.example/application/o/operator/end-session/';
const development = end.replace('dezky.example', 'dezky.local');
const answered = (status: number): Short => ({ at: 3, url: end, status, accept: html });
// A captive portal is not where users sign in.
const portal = { ...loginAt(0), location: 'https://wifi.hotel.example/login' };

test.each<[string, Short[], wrong: number[]]>([
  ['to Authentik', [portal, loginAt(0), signInBy('a-1', 1), signOut(2, end), answered(302)], []],
  [
    'to Authentik, of which a file is missing',
    [loginAt(0), signInBy('a-1', 1), signOut(2, end), { ...answered(404), accept: 'image/*' }],
    [],
  ],
  ['to a page of the app', [loginAt(0), signInBy('a-1', 1), signOut(2, '/signed-out')], [1]],
  [
    'nowhere, so that the user stays',
    [signInBy('a-1', 1), { ...signOut(2, ''), status: 503 }, callBy('a-1', 3, 401)],
    [1, 2],
  ],
  ['somewhere, while it is not known where users sign in', [signInBy('a-1', 1), signOut(2, development)], []],
])('a sign-out that leads %s', (_, shorts, wrong) => {
  expect(wrongIn(...shorts)).toEqual(wrong);
});

test('what is wrong beside refusals is told', () => {
  const { location: _, ...noRedirect } = signInBy('a-1', 0);
  const failed = { ...signInBy('a-1', 1), location: '/sign-in?failed=unavailable', ms: 12_000 };
  const denied = callBy('a-1', 3, 403);
  const hangs = callBy('a-1', 4, 0, { ms: 30_000 });
  const reset = callBy('a-1', 5, 0, { failure: 'ERR_CONNECTION_RESET' });
  const cut = callBy('a-1', 6, 200, { failure: 'ERR_CONTENT_LENGTH_MISMATCH' });
  const story = storyOf(
    exchanges([{ ...noRedirect, status: 503 }, failed, signInBy('a-1', 2), denied, hangs, reset, cut]),
  );
  expect(firstWrongIn(story)).toEqual([
    'No signed-in user was refused, but not all is well:',
    '- request 1, sign in to operator: sign-in failed',
    '- request 2, sign in to operator: sign-in failed after 12.0 s',
    '- request 4, GET /api/me of operator: 403',
    '- no complete answer: 3 x (the browser left, ERR_CONNECTION_RESET, ERR_CONTENT_LENGTH_MISMATCH), after up to 30.0 s',
  ]);
});

test('of a request whose cookies were redacted it is not known whether it had the session cookie', () => {
  const { requests } = storyOf(exchanges([callBy('a-1', 0, 401, { cookie: '[redacted]' }), callBy('a-1', 1, 401)]));
  expect(requests.map(({ hasCookie }) => hasCookie)).toEqual([undefined, false]);
});

test('production hosts are mapped by label or by --map', () => {
  const appsOf = (url: string, map: string[] = []) =>
    storyOf(exchanges([{ at: 0, url, status: 401 }]), map).requests.map(({ app }) => app);
  expect(appsOf('https://portal.customer.net/api/me')).toEqual(['portal']);
  expect(appsOf('https://backoffice.customer.net/api/me', ['backoffice.customer.net=portal'])).toEqual(['portal']);
  expect(() => appsOf('https://operator.customer.net/api/me', ['back.customer.net=operator'])).toThrow(
    '--map back.customer.net: the recording has no request to it, but to operator.customer.net.',
  );
  const both = ['https://operator.customer.net/api/me', 'https://operator.staging.net/api/me'];
  const appsOfBoth = (map: string[]) =>
    storyOf(exchanges(both.map((url, at) => ({ at, url, status: 401 }))), map).requests.length;
  expect(() => appsOfBoth([])).toThrow(
    'Several hosts could be operator: operator.customer.net, operator.staging.net. Say which is: --map operator.customer.net=operator',
  );
  expect(appsOfBoth(['operator.customer.net=operator'])).toBe(1);
  expect(() => appsOf('https://portal.customer.net/', ['x=shop'])).toThrow(
    /--map x=operator, --map x=portal, --map x=auth/,
  );
});
