import { expect, test } from 'vitest';
import type { LedgerRow } from '../../fleet/edge/row.ts';
import { mark, timeline } from './testing/samples.ts';
import { bandsIn, signOutsIn } from './bands.ts';
import { describeMark, marksOf } from './timeline.ts';

const row = (change: Partial<LedgerRow>): LedgerRow => ({
  seq: 1,
  at: 1_000,
  ms: 5.4,
  client: 'me',
  kind: 'browser',
  method: 'GET',
  url: 'https://operator.dezky.example/api/me?code=secret',
  status: 200,
  service: 'operator',
  pod: 'operator-a',
  servedBy: 'operator-a',
  revision: '1.0.0',
  session: 'abc',
  pinned: false,
  outcome: 'proxied',
  error: '',
  ...change,
});

test('a timeline has the requests of its test and of the pods, without files of pages and without queries', () => {
  const { marks, leftOut } = marksOf(
    [
      row({ at: 1_200 }),
      row({ client: 'other test' }),
      row({ client: 'operator-a', kind: 'pod', url: 'https://auth.dezky.example/application/o/token/' }),
      row({ url: 'https://operator.dezky.example/_nuxt/entry.css' }),
      row({ url: 'https://operator.dezky.example/_nuxt/gone.js', status: 404, at: 1_300 }),
    ],
    'me',
    1_000,
  );
  expect(marks.map(({ at, from, path, status }) => [at, from, path, status])).toEqual([
    [0, 'operator-a', '/application/o/token/', 200],
    [200, 'browser', '/api/me', 200],
    [300, 'browser', '/_nuxt/gone.js', 404],
  ]);
  expect(leftOut).toBe(1);
});

test('of many requests every n-th stays, of failed ones too, up to the end of the test', () => {
  const rows = Array.from({ length: 1_000 }, (_, at) => row({ at, status: at % 2 === 0 ? 200 : 401 }));
  const login = row({ at: 501, url: 'https://operator.dezky.example/auth/oidc/login' });
  const { marks, leftOut } = marksOf([...rows, login], 'me', 0);
  expect([marks.length, leftOut]).toEqual([335, 666]);
  expect(marks.filter(({ path }) => path === '/auth/oidc/login')).toHaveLength(1);
  expect(marks.filter(({ status }) => status === 401)).toHaveLength(167);
  expect(marks.at(-1)?.at).toBeGreaterThan(990);
});

test('a host outside the fleet has a lane of its own', () => {
  const [mark] = marksOf([row({ pod: '', servedBy: '', outcome: 'egress', status: 421 })], 'me', 0).marks;
  expect(mark?.lane).toBe('outside the fleet');
  expect(mark && describeMark(mark)).toContain('is outside the fleet, so that the edge refused it with 421');
});

test('sign-ins, sign-outs and refreshes are read from the requests; the exchange of a code is no refresh', () => {
  const refresh = mark({ at: 5_000, from: 'operator-b', method: 'POST', path: '/application/o/token/', status: 400 });
  expect(bandsIn([...timeline().marks, refresh]).map(({ kind, label }) => `${kind}: ${label}`)).toEqual([
    'sign-in: sign-in at operator',
    'sign-out: sign-out from operator',
    'refresh: refresh answered 400',
  ]);
});

test('the addresses of a sign-out end at the signed-out page, and leave out what pages load', () => {
  const hops = [
    mark({ method: 'POST', path: '/auth/oidc/logout', status: 303 }),
    mark({ at: 10, host: 'auth.dezky.example', path: '/flows/-/cancel/', status: 302 }),
    mark({ at: 20, host: 'auth.dezky.example', path: '/application/o/operator/end-session/', status: 302 }),
    mark({ at: 30, host: 'auth.dezky.example', path: '/api/v3/flows/executor/x/' }),
    mark({ at: 40, path: '/signed-out' }),
    mark({ at: 50, path: '/signed-out' }),
  ];
  expect(signOutsIn(hops).map((its) => its.map(({ path }) => path))).toEqual([
    ['/auth/oidc/logout', '/flows/-/cancel/', '/application/o/operator/end-session/', '/signed-out'],
  ]);
});
