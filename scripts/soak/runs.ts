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

/**
 * `9 of 10 runs passed, 0 tests failed at least once, 1 run with tests that were skipped or ran unexpectedly.` After an
 * interruption it begins with `Not complete: 7 of 10 runs were not made.`
 * @param wanted how many runs there were to be.
 */
export function summaryOf(
  runs: readonly SoakRun[],
  { wanted, flakyTests }: { wanted: number; flakyTests: number },
): string {
  const left = wanted - runs.length;
  const passed = runs.filter((run) => exitCodeOf(run) === exitCodes.passed).length;
  const unexpected = runs.filter(({ unexpectedSkips }) => unexpectedSkips.length > 0).length;
  const skips =
    unexpected > 0
      ? `, ${unexpected} run${unexpected > 1 ? 's' : ''} with tests that were skipped or ran unexpectedly`
      : '';
  const begin = left > 0 ? `Not complete: ${left} of ${wanted} runs were not made. ` : '';
  return `${begin}${passed} of ${runs.length} runs passed, ${flakyTests} tests failed at least once${skips}.`;
}

/** The exit code of the most telling of the runs. */
export function exitCodeOfAll(runs: readonly SoakRun[]): number {
  const codes = new Set(runs.map(exitCodeOf));
  return (
    [exitCodes.productFailed, exitCodes.harnessFailed, exitCodes.cannotRunHere].find((code) => codes.has(code)) ??
    exitCodes.passed
  );
}
