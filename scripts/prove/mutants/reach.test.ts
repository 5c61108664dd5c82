import { expect, test } from 'vitest';
import type { TestOutcome } from '../../../e2e/report/outcome.ts';
import { sampleOutcome } from '../../../e2e/report/testing/samples.ts';
import { reachOf } from './reach.ts';

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
