import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { parseMap } from './hosts.ts';
import { generationsIn } from './pods.ts';
import { refusalsIn } from './refusals.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const html = 'text/html,application/xhtml+xml';

test('a recording becomes sign-ins, calls, pages and sign-outs, and nothing else of it', () => {
  const own = 'https://operator.dezky.example';
  const story = storyOf(
    exchanges([
      { at: 0, url: 'https://auth.dezky.example/application/o/authorize/?state=secret', status: 302 },
      signInBy('operator-a-1', 1),
      { at: 2, url: `${own}/`, status: 200, accept: html, pod: 'operator-a-2' },
      { at: 2.1, url: `${own}/_nuxt/entry.js`, status: 200 },
      { at: 2.2, url: `${own}/sign-in`, status: 200, accept: html },
      { at: 3, url: `${own}/api/users/anna?token=secret`, status: 200 },
      { at: 4, url: `${own}/api/me`, status: 0 },
      {
        at: 5,
        method: 'POST',
        url: `${own}/auth/oidc/logout`,
        status: 303,
        location: 'https://auth.dezky.example/x?id_token_hint=secret',
      },
    ]),
  );
  expect(story.requests.map(({ does, path, outcome }) => `${does} ${path}: ${outcome}`)).toEqual([
    'sign in /auth/oidc/callback: signed in',
    'open page /: 200',
    'call /api/me: 200',
    'sign out /auth/oidc/logout: 303 to another host',
  ]);
  expect(JSON.stringify(story)).not.toMatch(/secret|anna/);
});

test.each(['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.abc', 'operator-a\u009b31m', 'a, b', 'x'.repeat(254)])(
  'a header that is no name of a pod (%j) does not become one',
  (pod) => {
    const [request] = storyOf(exchanges([{ ...callBy('operator-a', 1, 401), pod }])).requests;
    expect(request?.pod).toBeUndefined();
  },
);

test.each([
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzZWNyZXQtdGhhdC1pcy1sb25nIn0.c2lnbmF0dXJl',
  '1\u009b31m',
  'a b',
  'x'.repeat(64),
])('a header that is no revision (%j) does not become one', (revision) => {
  const [request] = storyOf(exchanges([{ ...callBy('operator-a', 1, 401), revision }])).requests;
  expect(request?.revision).toBeUndefined();
});

test('what is not asked over HTTP is no request of an app', () => {
  const inPages = ['data:text/html,x', 'blob:https://operator.dezky.example/1', 'operator:/api/me'];
  const unanswered = exchanges(inPages.map((url, at) => ({ at, url, status: 200 })));
  expect(() => storyOf(unanswered)).toThrow('It has no request over HTTP.');
  expect(() =>
    storyOf([...unanswered, ...exchanges([{ at: 9, url: 'https://foo.example.org/x', status: 200 }])]),
  ).toThrow('it has requests to foo.example.org. If one of them is: --map foo.example.org=operator');
});

test('a recording that takes too long to replay is refused', () => {
  const calls = (count: number) => exchanges(Array.from({ length: count }, (_, at) => callBy('operator-a', at, 200)));
  expect(storyOf(calls(5_000)).requests).toHaveLength(5_000);
  expect(() => storyOf(calls(5_001))).toThrow(/5001 requests of these apps; at most 5000 are replayed\. Record only/);
});

test('of a redirect only a path of words is kept', () => {
  const location = '/reset/9f8a7c6d5e4f3a2b1c0d';
  const [request] = storyOf(exchanges([{ ...callBy('operator-a', 1, 302), location }])).requests;
  expect(request?.outcome).toBe('302 to another page');
});

test('the generations of a recording are found once, because each of its requests needs them', () => {
  const story = storyOf(exchanges([callBy('operator-1-a', 0, 200), callBy('operator-2-b', 1, 200)]));
  expect(generationsIn(story)).toHaveLength(2);
  expect(generationsIn(story)).toBe(generationsIn(story));
});

test.each<[Partial<Short>, string]>([
  [{ status: 401 }, '401'],
  [{ status: 304 }, '200'],
  [{ status: 302, location: '/sign-in?to=%2Fusers' }, '302 to /sign-in'],
  [{ status: 401, setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' }, '401, cookie removed'],
  [{ status: 200, setCookie: '__Host-nuxt-oidc-auth=Fe26; Max-Age=1209600; Path=/' }, '200'],
])('the outcome of %j is %s', (answer, outcome) => {
  const { requests } = storyOf(exchanges([{ ...callBy('operator-a-1', 0, 200), ...answer }]));
  expect(requests.map((request) => request.outcome)).toEqual([outcome]);
});

test('only requests of a person who is signed in count as refused', () => {
  const refused = (shorts: readonly Short[]) => refusalsIn(storyOf(exchanges(shorts)));
  expect(refused([callBy('a-1', 0, 401, { cookie: 'theme=dark' }), signInBy('a-1', 1), callBy('a-1', 2, 200)])).toEqual(
    [],
  );
  expect(refused([callBy('a-1', 0, 401), callBy('a-2', 1, 200)])).toEqual([0]);
  const signOut: Short = {
    at: 2,
    method: 'POST',
    url: 'https://operator.dezky.example/auth/oidc/logout',
    status: 303,
    location: '/signed-out',
  };
  expect(refused([signInBy('a-1'), signOut, callBy('a-1', 3, 401)])).toEqual([]);
  expect(refused([signInBy('a-1'), callBy('a-1', 3, 401)])).toEqual([1]);
});

test('of a request whose cookies were redacted it is not known whether it had the session cookie', () => {
  const { requests } = storyOf(exchanges([callBy('a-1', 0, 401, { cookie: '[redacted]' }), callBy('a-1', 1, 401)]));
  expect(requests.map(({ hasCookie }) => hasCookie)).toEqual([undefined, false]);
});

test('production hosts are mapped by label, by what was asked of them, or by --map', () => {
  const appsOf = (url: string, map: string[] = []) =>
    storyOf(exchanges([{ at: 0, url, status: 401 }]), parseMap(map)).requests.map(({ app }) => app);
  expect(appsOf('https://portal.customer.net/api/me')).toEqual(['portal']);
  expect(appsOf('https://backoffice.customer.net/api/tenants')).toEqual(['operator']);
  expect(appsOf('https://backoffice.customer.net/api/me', ['backoffice.customer.net=portal'])).toEqual(['portal']);
});

test('a recording of another site, and a wrong --map, get a sentence', () => {
  const other = exchanges([{ at: 0, url: 'https://news.example.net/today', status: 200 }]);
  expect(() => storyOf(other)).toThrow(HarnessError);
  expect(() => storyOf(other)).toThrow(
    /requests to news\.example\.net\. If one of them is: --map news\.example\.net=operator/,
  );
  expect(() => parseMap(['x=shop'])).toThrow(/--map x=operator, --map x=portal, --map x=auth/);
});

test('a host of --map that is not in the recording is refused, with the hosts that are', () => {
  const recorded = exchanges(
    ['https://backoffice.example.com/api/me', 'https://login.example.com:8443/'].map((url) => ({
      at: 0,
      url,
      status: 401,
    })),
  );
  const map = (...texts: string[]) => storyOf(recorded, parseMap(texts));
  expect(() => map('back-office.example.com=operator')).toThrow(
    '--map back-office.example.com=operator: the recording has no request to back-office.example.com. ' +
      'Did you mean backoffice.example.com? It has requests to backoffice.example.com, login.example.com:8443.',
  );
  expect(() => map('login.example.com=auth', 'backoffice.example.com=operator')).toThrow(
    'Did you mean login.example.com:8443?',
  );
  expect(() => map('x.test=portal')).toThrow(
    'no request to x.test. It has requests to backoffice.example.com, login.example.com:8443.',
  );
  expect(() => map('backoffice.example.com=operator', 'BACKOFFICE.example.com=portal')).toThrow(
    '--map gives backoffice.example.com two apps, operator and portal. Give one.',
  );
});
