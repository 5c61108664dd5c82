import { expect, test } from 'vitest';
import { sampleRow as row } from './testing/samples.ts';
import { describeMark, marksOf } from './timeline.ts';

test('a timeline has the requests of its test and of the pods, without files of pages and without queries', () => {
  const { marks, leftOut } = marksOf(
    [
      row({ at: 1_200 }),
      row({ client: 'other test' }),
      row({ client: 'operator-a', kind: 'pod', url: 'https://auth.fleet.example/application/o/token/' }),
      row({ url: 'https://operator.fleet.example/_nuxt/entry.css' }),
      row({ url: 'https://operator.fleet.example/_nuxt/gone.js', status: 404, at: 1_300 }),
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
  const login = row({ at: 501, url: 'https://operator.fleet.example/auth/oidc/login' });
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
