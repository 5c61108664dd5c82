import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson } from '../../e2e/report/read-json.ts';

/** Where Playwright keeps which tests failed last, relative to the repository; the same for all runs of the suite. */
const lastFailedFile = 'reports/last-run.json';

/** Options of the runner that make it remember which tests fail. */
const rememberFailed: readonly string[] = ['--last-failed-file', lastFailedFile];

/**
 * Environment of the test runner: Node runs the TypeScript (docs/decisions/0001). Otherwise the runner compiles it, and maps
 * back each stack that it takes.
 */
export const nativeTypeScript = { PW_DISABLE_TS_ESM: '1' } as const;

/** Arguments without those that no user gives. */
export const asGiven = (args: readonly string[]): string[] => args.filter((each) => !rememberFailed.includes(each));

/** The options of `npm run e2e` that are for the test runner. */
export interface RunnerSettings {
  grep?: string;
  lastFailed?: true;
  maxFailures?: number;
  /** As `maxFailures` of 1. */
  x?: true;
  trace?: string;
  /** A seed; true: a random one. */
  shuffle?: number | true;
}

/** Arguments of the test runner: those that select tests, and all. @param specs files or folders. */
export function runnerArguments(
  specs: readonly string[],
  { grep, lastFailed, maxFailures, x, trace, shuffle }: RunnerSettings,
): { selection: string[]; all: string[] } {
  const selection = [
    ...specs,
    ...(grep ? ['--grep', grep] : []),
    ...(lastFailed ? ['--last-failed', ...rememberFailed] : []),
  ];
  const all = [
    ...selection,
    ...(lastFailed ? [] : rememberFailed),
    ...(x ? ['-x'] : []),
    ...(maxFailures ? [`--max-failures=${maxFailures}`] : []),
    ...(trace ? ['--trace', trace] : []),
    ...(shuffle ? [typeof shuffle === 'number' ? `--shuffle=${shuffle}` : '--shuffle'] : []),
  ];
  return { selection, all };
}

/** @throws HarnessError when no run is remembered, or nothing failed in it: the runner would run all tests or none. */
export function checkLastFailed(root = repositoryRoot): void {
  const path = join(root, lastFailedFile);
  const last = readJson<{ failedTests: string[] }>(path, 'npm run e2e');
  if (!last) throw new HarnessError('No run is remembered. Start one with: npm run e2e');
  if (last.failedTests.length === 0)
    throw new HarnessError('No test failed in the last run. Run all with: npm run e2e');
}
