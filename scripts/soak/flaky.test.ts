import { expect, test } from 'vitest';
import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import { describeFlaky, flakyTests, type SoakRun } from './flaky.ts';

const outcome = (title: string, message = ''): TestOutcome => ({
  spec: 'session/a.spec.ts',
  title,
  line: 1,
  tags: [],
  status: message ? 'failed' : 'passed',
  message,
  from: 'test',
  at: [],
  endedAt: 0,
});
const run = (seed: number, ...tests: TestOutcome[]): SoakRun => ({
  seed,
  seconds: 1,
  tests,
  passed: 0,
  failed: 0,
  skipped: 0,
  harnessFaults: 0,
  errors: [],
  unexpectedSkips: [],
});

test('names what failed, how often, and with which seeds, the most frequent first', () => {
  const runs = [
    run(7, outcome('steady'), outcome('seldom', 'Error: once\n\nmore'), outcome('often', 'Error: a')),
    run(8, outcome('steady'), outcome('seldom'), outcome('often', 'Error: b')),
  ];
  expect(describeFlaky(flakyTests(runs))).toEqual([
    'e2e/session/a.spec.ts: "often" failed in 2 of 2 runs',
    '  seed 7: Error: a',
    '  seed 8: Error: b',
    'e2e/session/a.spec.ts: "seldom" failed in 1 of 2 runs',
    '  seed 7: Error: once',
  ]);
});

test('says nothing of runs that passed', () => {
  expect(flakyTests([run(7, outcome('steady'))])).toEqual([]);
});
