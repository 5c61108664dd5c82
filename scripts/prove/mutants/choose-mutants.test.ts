import { expect, test } from 'vitest';
import { chooseMutants } from './choose-mutants.ts';

const all = [
  ['a1', 'apps/base/server/sessions/idle.ts'],
  ['b2', 'apps/base/server/sessions/refresh.ts'],
  ['c3', 'apps/base/server/sessions-old.ts'],
  ['d4', 'apps/platform-api/src/api.ts'],
].map(([id = '', file = '']) => ({ mutant: { id, file } }));
const ids = (only: string[], sample?: number, seed = 1) =>
  chooseMutants(all, { only, sample, seed }).map(({ mutant: { id } }) => id);

test.each([
  [[], ['a1', 'b2', 'c3', 'd4']],
  [['d4'], ['d4']],
  [['apps/base/server/sessions'], ['a1', 'b2']],
  [
    ['./apps/base/server/sessions/idle.ts', 'd4'],
    ['a1', 'd4'],
  ],
])('%j chooses %j', (only, chosen) => {
  expect(ids(only)).toEqual(chosen);
});

test('a sample depends on its seed alone', () => {
  expect(ids([], 2)).toEqual(ids([], 2));
  expect(new Set([1, 2, 3, 4, 5].map((seed) => ids([], 2, seed).join())).size).toBeGreaterThan(1);
});

test('what selects no mutant is named', () => {
  expect(() => ids(['d4', 'apps/nothing', ''])).toThrow(
    'No mutant has this id or is in this file: "apps/nothing", "".',
  );
});
