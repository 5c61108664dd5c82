import { expect, test } from 'vitest';
import type { SoakRun } from './flaky.ts';
import { exitCodeOfAll, planRuns, summaryOf } from './runs.ts';

const run = (changes: Partial<SoakRun> = {}): SoakRun => ({
  seed: 7,
  seconds: 1,
  tests: [],
  passed: 3,
  failed: 0,
  skipped: 0,
  harnessFaults: 0,
  errors: [],
  unexpectedSkips: [],
  ...changes,
});

test('each run has another order and a folder of its own, with the seed that is printed', () => {
  expect(planRuns(['e2e/session'], { first: 7, count: 3 })).toEqual([
    { seed: 7, args: ['e2e/session', '--shuffle=7'], reports: 'reports/soak/7' },
    { seed: 8, args: ['e2e/session', '--shuffle=8'], reports: 'reports/soak/8' },
    { seed: 9, args: ['e2e/session', '--shuffle=9'], reports: 'reports/soak/9' },
  ]);
});

test('runs of which each passed', () => {
  expect(summaryOf([run(), run()], { wanted: 2, flakyTests: 0 })).toBe(
    '2 of 2 runs passed, 0 tests failed at least once.',
  );
});

test('runs of which some were not made', () => {
  expect(summaryOf([run()], { wanted: 3, flakyTests: 0 })).toBe(
    'Not complete: 2 of 3 runs were not made. 1 of 1 runs passed, 0 tests failed at least once.',
  );
});

test.each<[string, Partial<SoakRun>]>([
  ['a test failed', { failed: 1 }],
  ['a spec did not load', { errors: ['x'] }],
  ['nothing ran', { passed: 0 }],
])('a run in which %s did not pass', (_what, changes) => {
  expect(summaryOf([run(), run(changes)], { wanted: 2, flakyTests: 1 })).toBe(
    '1 of 2 runs passed, 1 tests failed at least once.',
  );
});

test('neither did one in which tests were skipped unexpectedly, and the last line says so', () => {
  const skips = run({ unexpectedSkips: ['session/a.spec.ts: "a logout" was skipped'] });
  expect(summaryOf([run(), skips], { wanted: 2, flakyTests: 0 })).toBe(
    '1 of 2 runs passed, 0 tests failed at least once, 1 run with tests that were skipped or ran unexpectedly.',
  );
});

test.each<[string, Array<Partial<SoakRun>>, number]>([
  ['passed', [{}, {}], 0],
  ['failed at the end', [{}, { failed: 1 }], 1],
  ['failed, and one of another was skipped unexpectedly', [{ unexpectedSkips: ['x'] }, { failed: 1 }], 1],
  ['was skipped unexpectedly', [{}, { unexpectedSkips: ['x'] }, {}], 2],
  ['could not run here', [{}, { passed: 0, skipped: 3 }], 77],
])('the exit code when a test %s', (_what, runs, code) => {
  expect(exitCodeOfAll(runs.map(run))).toBe(code);
});
