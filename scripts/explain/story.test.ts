import { expect, test } from 'vitest';
import { dezkyStory as storyOf } from './dezky.ts';
import { textOf } from './outcome.ts';
import { wrongResponsesIn, type Story } from './story.ts';
import { firstWrongIn } from './timeline.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const describeFirstWrong = (story: Story): string => firstWrongIn(story).join('\n');

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

test('a sign-in tells whether Authentik asked for the password, save for the first', () => {
  const executor = 'https://auth.dezky.example/api/v3/flows/executor/x/';
  const password: Short = { at: 0, method: 'POST', url: executor, status: 200 };
  const { requests } = storyOf(
    exchanges([password, signInBy('a-1', 1), signInBy('a-1', 3), { ...password, at: 4 }, signInBy('a-1', 5)]),
  );
  expect(requests.map(({ outcome }) => textOf(outcome))).toEqual([
    'signed in',
    'signed in',
    'signed in, with the password',
  ]);
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

test('a sign-out that leads elsewhere than to Authentik, or that Authentik refuses, is wrong', () => {
  const development = 'https://auth.dezky.local/application/o/operator/end-session/';
  expect(wrongIn(loginAt(0), signInBy('a-1', 1), signOut(2, development))).toEqual([1]);
  expect(
    wrongIn(loginAt(0), signInBy('a-1', 1), signOut(2, development.replace('dezky.local', 'dezky.example'))),
  ).toEqual([]);
  expect(wrongIn(loginAt(0), signInBy('a-1', 1), signOut(2, '/signed-out'))).toEqual([1]);
  const end = 'https://auth.dezky.example/application/o/portal/end-session/';
  const answered = (status: number) =>
    wrongIn(loginAt(0), signInBy('a-1', 1), signOut(2, end), { at: 3, url: end, status, accept: html });
  const icon = { at: 4, url: 'https://auth.dezky.example/static/icon.png', status: 404 };
  expect(wrongIn(loginAt(0), signInBy('a-1', 1), signOut(2, end), icon), 'a file of the page').toEqual([]);
  const there = { at: 3, url: development, status: 421, accept: html };
  const elsewhere = storyOf(exchanges([loginAt(0), signInBy('a-1', 1), signOut(2, development), there]));
  expect(textOf(elsewhere.requests.at(-1)!.outcome), 'the host is not Authentik').toBe('303 to another host');
  expect(answered(302)).toEqual([]);
  expect(answered(400)).toEqual([1]);
  // After a sign-out that failed the user is signed in.
  expect(wrongIn(signInBy('a-1', 1), { ...signOut(2, ''), status: 503 }, callBy('a-1', 3, 401))).toEqual([1, 2]);
  // Where this user signs in is not in the recording.
  expect(wrongIn(signInBy('a-1', 1), signOut(2, development))).toEqual([]);
});

test('users sign in where Authentik authorizes, not where a captive portal leads', () => {
  const portal = { ...loginAt(0), location: 'https://wifi.hotel.example/login' };
  const end = 'https://auth.dezky.example/application/o/operator/end-session/';
  expect(wrongIn(portal, loginAt(1), signInBy('a-1', 2), signOut(3, end))).toEqual([]);
});

test('a sign-in without a redirect has failed', () => {
  const { location: _, ...failed } = signInBy('a-1');
  expect(describeFirstWrong(storyOf(exchanges([{ ...failed, status: 503 }])))).toContain(
    '- request 1, sign in to operator: sign-in failed',
  );
});

test('what is wrong beside refusals is told', () => {
  const failed = { ...signInBy('a-1', 1), location: '/sign-in?failed=unavailable', ms: 12_000 };
  const denied = callBy('a-1', 3, 403);
  const hangs = callBy('a-1', 4, 0, { ms: 30_000 });
  const reset = callBy('a-1', 5, 0, { failure: 'ERR_CONNECTION_RESET' });
  const cut = callBy('a-1', 6, 200, { failure: 'ERR_CONTENT_LENGTH_MISMATCH' });
  expect(describeFirstWrong(storyOf(exchanges([failed, signInBy('a-1', 2), denied, hangs, reset, cut])))).toBe(
    [
      'No signed-in user was refused, but not all is well:',
      '- request 1, sign in to operator: sign-in failed after 12.0 s',
      '- request 3, GET /api/me of operator: 403',
      '- no complete answer: 2 x, ERR_CONNECTION_RESET, ERR_CONTENT_LENGTH_MISMATCH',
      '- no answer: 1 x, the longest wait was 30.0 s',
    ].join('\n'),
  );
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
