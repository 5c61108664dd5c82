import { expect, test } from 'vitest';
import type { TestOutcome } from '../../../e2e/report/outcome.ts';
import { sampleOutcome } from '../../../e2e/report/testing/samples.ts';
import { regressions } from '../../../fixtures/regressions/catalogue.ts';
import { claimedLinesIn, reachOf, testsFor, type Reach } from './reach.ts';

const outcome = (line: number, startedAt: number, changes: Partial<TestOutcome> = {}): TestOutcome =>
  sampleOutcome({ spec: 'a.spec.ts', line, endedAt: startedAt + 1_000, ran: { startedAt, worker: 0 }, ...changes });

test('a mutant belongs to the test that ran when a pod of its worker wrote it', () => {
  const tests = [outcome(1, 1_000), outcome(2, 5_000), outcome(3, 1_000, { ran: { startedAt: 1_000, worker: 1 } })];
  const logs = [{ run: 'first', text: 'start m3\n1500 m1 m2\n5200 m3\n' }];
  expect(reachOf(tests, { logs, runs: ['first', 'second'] })).toEqual([
    { test: 'a.spec.ts:1', ms: 1_000, mutants: ['m1', 'm2'] },
    { test: 'a.spec.ts:2', ms: 1_000, mutants: ['m3'] },
    { test: 'a.spec.ts:3', ms: 1_000, mutants: [] },
  ]);
});

test('what a variant writes may be of any test at that time', () => {
  const tests = [outcome(1, 1_000), outcome(3, 1_000, { ran: { startedAt: 1_000, worker: 1 } })];
  const reached = reachOf(tests, {
    logs: [{ run: 'variant', text: '1500 m1\n' }],
    runs: ['first'],
  });
  expect(reached.map(({ mutants }) => mutants)).toEqual([['m1'], ['m1']]);
});

test('a test that is red in one round of its loop, or was skipped, is left out', () => {
  const tests = [outcome(1, 1_000), outcome(1, 3_000, { status: 'failed' }), outcome(2, 5_000, { status: 'skipped' })];
  expect(reachOf(tests, { logs: [], runs: [] })).toEqual([]);
});

const reach: Reach = {
  specs: {},
  tests: [
    { test: 'slow', ms: 900, mutants: ['often'] },
    { test: 'quick', ms: 100, mutants: ['often'] },
    { test: 'special', ms: 500, mutants: ['often', 'rarely', 'elsewhere'] },
    { test: 'other', ms: 1, mutants: ['elsewhere'] },
  ],
};
const placesFor = (
  id: string,
  inFile: string[],
  lines: Record<string, number[]> = {},
  relation: (place: string) => number = () => 0,
) =>
  testsFor({ id, start: { line: 10, column: 0 } }, new Set(inFile), reach, (place) => lines[place] ?? [], relation).map(
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

test('a test that claims a regression of the file runs, also when it is not known to reach it', () => {
  expect(placesFor('rarely', inFile, { other: [12] })).toEqual(['other', 'special']);
});

test('of tests that reach the same, the one that says something about the mutant comes first', () => {
  expect(placesFor('often', ['often'], {}, (place) => (place === 'slow' ? 1 : 0))).toEqual([
    'slow',
    'quick',
    'special',
  ]);
});

test('the second test of a spec counts half', () => {
  const tests = ['a:1', 'a:2', 'b:1'].map((place) => ({ test: place, ms: 1, mutants: ['often'] }));
  const relation = (place: string) => ({ 'a:1': 5, 'a:2': 4 })[place] ?? 3;
  const sorted = testsFor(
    { id: 'often', start: { line: 1, column: 0 } },
    new Set(['often']),
    { specs: {}, tests },
    () => [],
    relation,
  );
  expect(sorted.map(({ test: place }) => place)).toEqual(['a:1', 'b:1', 'a:2']);
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
