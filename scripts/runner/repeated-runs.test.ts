import { expect, test } from 'vitest';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { sampleOutcome } from '../../e2e/report/testing/samples.ts';
import { describeRuns, exitCodeOfAll } from './repeated-runs.ts';

const outcome = (title: string, message = ''): TestOutcome =>
  sampleOutcome({ title, status: message ? 'failed' : 'passed', message });
const verdict = { passed: 3, failed: 0, skipped: 0, harnessFaults: 0, errors: [] };
const run = (changes: Partial<RunRecord> = {}): RunRecord => ({
  tests: [],
  ...verdict,
  unexpectedSkips: [],
  ...changes,
});
const nameOf = (index: number): string => `--shuffle ${7 + index}`;

test('names each test that failed, how often and in which order, the most frequent first', () => {
  const runs = [
    run({
      failed: 2,
      tests: [outcome('steady'), outcome('seldom', 'Error: once\n\nmore'), outcome('often', 'Error: a')],
    }),
    run({ failed: 1, tests: [outcome('steady'), outcome('seldom'), outcome('often', 'Error: b')] }),
  ];
  expect(describeRuns(runs, { wanted: 3, nameOf })).toEqual([
    'e2e/session/a.spec.ts: "often" failed in 2 of 2 runs',
    '  --shuffle 7: Error: a',
    '  --shuffle 8: Error: b',
    'e2e/session/a.spec.ts: "seldom" failed in 1 of 2 runs',
    '  --shuffle 7: Error: once',
    '',
    'Not complete: 1 of 3 runs were not made.',
    '0 of 2 runs passed, 2 tests failed at least once.',
  ]);
});

test.each<[string, Array<Partial<RunRecord>>, number]>([
  ['passed', [{}, {}], 0],
  ['failed, and one of another was skipped unexpectedly', [{ unexpectedSkips: ['x'] }, { failed: 1 }], 1],
  ['was skipped unexpectedly', [{}, { unexpectedSkips: ['x'] }, {}], 2],
  ['could not run here', [{}, { passed: 0, skipped: 3 }], 77],
])('the exit code when a test %s', (_what, runs, code) => {
  expect(exitCodeOfAll(runs.map(run))).toBe(code);
});
