import { expect, test } from 'vitest';
import type { Reach } from './reach.ts';
import { regressions } from '../../../fixtures/regressions/catalogue.ts';
import { claimedLinesIn, testsFor } from './tests-for.ts';

const reach: Reach = {
  specs: {},
  tests: [
    { test: 'slow', ms: 900, mutants: ['often'] },
    { test: 'quick', ms: 100, mutants: ['often'] },
    { test: 'special', ms: 500, mutants: ['often', 'rarely', 'elsewhere'] },
    { test: 'other', ms: 1, mutants: ['elsewhere'] },
  ],
};
const placesFor = (id: string, inFile: string[], lines: Readonly<Record<string, number[]>> = {}) =>
  testsFor({ id, start: { line: 10, column: 0 } }, new Set(inFile), reach, (place) => lines[place] ?? []).map(
    ({ test: place }) => place,
  );
const inFile = ['often', 'rarely', 'atStart'];

test.each([
  [
    'often',
    inFile,
    ['special', 'quick', 'slow'],
    'the tests that reach it; of two, the one that reaches what few reach',
  ],
  ['rarely', inFile, ['special'], 'the tests that reach it'],
  ['atStart', inFile, ['special', 'quick', 'slow'], 'those that reach its file, because none reaches it'],
  ['alone', ['alone'], ['other', 'quick', 'special', 'slow'], 'any, because none reaches its file'],
])('%s of %j: %j, %s', (id, file, places) => {
  expect(placesFor(id, file)).toEqual(places);
});

test('a test that claims a regression comes before others, and of two the one whose regression changes a nearer line', () => {
  expect(placesFor('often', inFile, { slow: [40, 12], quick: [5] })).toEqual(['slow', 'quick', 'special']);
});

test('the lines that the regressions of a test change in a file', () => {
  const lines = claimedLinesIn(
    'apps/base/server/sessions/refresh-lock.ts',
    [{ spec: 'a.spec.ts', title: '', line: 3, tags: ['refresh-lock-without-ttl'], requirements: [] }],
    regressions(),
  );
  expect(lines('a.spec.ts:3').length).toBeGreaterThan(0);
  expect(lines('b.spec.ts:1')).toEqual([]);
});
