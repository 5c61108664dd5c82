import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { RunnerOptions } from '../runner/runner.ts';
import { specsOn } from './prove-regression.ts';

/**
 * Runs specs on a fleet without a regression.
 * @returns a line for each test that failed there, and for each that was skipped or ran unexpectedly.
 */
export async function falseAlarms(
  clean: Fleet,
  { reports, ...options }: Pick<RunnerOptions, 'args' | 'reports'>,
): Promise<{ tests: number; alarms: string[] }> {
  const { tests, unexpectedSkips } = await specsOn(clean, reports, options);
  const failed = tests
    .filter(({ status }) => status === 'failed')
    .map(({ spec, title, message }) => `${spec}: "${title}": ${message.split('\n')[0]}`);
  return { tests: tests.length, alarms: [...failed, ...unexpectedSkips] };
}
