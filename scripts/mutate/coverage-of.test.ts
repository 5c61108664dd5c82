import { expect, test } from 'vitest';
import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import { coverageOf } from './coverage-of.ts';

const outcome = (line: number, ran: TestOutcome['ran'], endedAt: number, changes: Partial<TestOutcome> = {}) => ({
  spec: 'session/store.spec.ts',
  line,
  title: String(line),
  tags: [],
  status: 'passed' as const,
  endedAt,
  message: '',
  from: 'test' as const,
  at: [],
  ...(ran ? { ran } : {}),
  ...changes,
});
const first = outcome(1, { startedAt: 1000, worker: 0 }, 2000);
const second = outcome(2, { startedAt: 1000, worker: 1 }, 2000);
const reachedIn = (tests: TestOutcome[], logs: Record<string, string>) => {
  const coverage = coverageOf({ tests }, new Map(Object.entries(logs)), ['run-0', 'run-1']);
  return Object.fromEntries(coverage.tests.map(({ place, reached }) => [place, reached]));
};

test('what a fleet reached during a test of its worker is of that test', () => {
  expect(reachedIn([first, second], { 'run-0': '1500 a b\n900 c\n', 'run-1': '1600 d\n' })).toEqual({
    'session/store.spec.ts:1': ['a', 'b'],
    'session/store.spec.ts:2': ['d'],
  });
});

test('what a variant reached may be of any test at that time', () => {
  expect(reachedIn([first, second], { 'run-variant': '1500 a\n' })).toEqual({
    'session/store.spec.ts:1': ['a'],
    'session/store.spec.ts:2': ['a'],
  });
});

test('what starts a pod is of no test', () => {
  const coverage = coverageOf({ tests: [first] }, new Map([['run-0', 'start a\n1500 b\n']]), ['run-0']);
  expect(coverage.start).toEqual(['a']);
  expect(coverage.tests).toEqual([{ place: 'session/store.spec.ts:1', duration: 1000, reached: ['b'] }]);
});

test('a test that fails without a mutant is left out, with all of the same place', () => {
  const red = outcome(1, { startedAt: 3000, worker: 1 }, 4000, { status: 'failed' });
  expect(reachedIn([first, red, second], {})).toEqual({ 'session/store.spec.ts:2': [] });
});
