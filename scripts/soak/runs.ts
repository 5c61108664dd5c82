import { join } from 'node:path';
import { exitCodes } from '../../fleet/errors.ts';
import { exitCodeOf } from '../runner/runner.ts';
import type { SoakRun } from './flaky.ts';

export const reports = 'reports/soak';

/** A run that is to be made: its seed, the arguments of the test runner, and the folder for its reports. */
interface PlannedRun {
  seed: number;
  args: string[];
  reports: string;
}

/** Each run has another order: its seed is one more than that of the run before. */
export const planRuns = (specs: readonly string[], { first, count }: { first: number; count: number }): PlannedRun[] =>
  Array.from({ length: count }, (_, index) => {
    const seed = first + index;
    return { seed, args: [...specs, `--shuffle=${seed}`], reports: join(reports, String(seed)) };
  });

/** `9 of 10 runs passed, 0 tests failed at least once, 1 run with tests that were skipped or ran unexpectedly.` */
export function summaryOf(runs: readonly SoakRun[], flakyTests: number): string {
  const passed = runs.filter((run) => exitCodeOf(run) === exitCodes.passed).length;
  const unexpected = runs.filter(({ unexpectedSkips }) => unexpectedSkips.length > 0).length;
  const skips =
    unexpected > 0
      ? `, ${unexpected} run${unexpected > 1 ? 's' : ''} with tests that were skipped or ran unexpectedly`
      : '';
  return `${passed} of ${runs.length} runs passed, ${flakyTests} tests failed at least once${skips}.`;
}

/** The exit code of the most telling of the runs. */
export function exitCodeOfAll(runs: readonly SoakRun[]): number {
  const codes = new Set(runs.map(exitCodeOf));
  return (
    [exitCodes.productFailed, exitCodes.harnessFailed, exitCodes.cannotRunHere].find((code) => codes.has(code)) ??
    exitCodes.passed
  );
}
