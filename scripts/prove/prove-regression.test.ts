import { expect, test } from 'vitest';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import { sampleOutcome } from '../../e2e/report/testing/samples.ts';
import { fleetWithRecord } from '../testing/fleet-with-record.ts';
import { falseAlarms } from './prove-regression.ts';

const outcome = (title: string, status: TestOutcome['status'], message = ''): TestOutcome =>
  sampleOutcome({ title, tags: ['fault'], status, message });

/** What is said of a clean fleet on which the specs had these results. */
function alarmsAfter(tests: TestOutcome[], unexpectedSkips: string[] = []): ReturnType<typeof falseAlarms> {
  const { fleet, reports } = fleetWithRecord({ errors: [], tests, unexpectedSkips });
  // With --help, because the test only needs the runner to exit.
  return falseAlarms(fleet, { args: ['--help'], reports });
}

test('a test that fails on the clean fleet is a false alarm, by the first line of its error', async () => {
  const failed = outcome('a session on both pods', 'failed', 'Error: the session on b\n\nReceived: 401');
  expect(await alarmsAfter([outcome('a logout', 'passed'), failed])).toEqual({
    tests: 2,
    alarms: ['session/a.spec.ts: "a session on both pods": Error: the session on b'],
  });
});

test('so is a test that was skipped unexpectedly', async () => {
  const sentence = 'session/a.spec.ts: "a logout" was skipped';
  expect(await alarmsAfter([outcome('a logout', 'skipped')], [sentence])).toEqual({ tests: 1, alarms: [sentence] });
});

test('tests that pass, or that the engine cannot run, are none', async () => {
  const tests = [outcome('a logout', 'passed'), outcome('a pod that is killed', 'skipped')];
  expect(await alarmsAfter(tests)).toEqual({ tests: 2, alarms: [] });
});
