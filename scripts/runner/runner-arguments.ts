import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson } from './json-file.ts';
import type { Shard } from './shard.ts';

/** Where Playwright keeps which tests failed last, relative to the repository; the same for all runs of the suite. */
const lastFailedFile = 'reports/last-run.json';

/** Options of the runner that make it remember which tests fail. */
export const rememberFailed: readonly string[] = ['--last-failed-file', lastFailedFile];

/** Options of the runner that select the tests that failed last. */
const onlyLastFailed: readonly string[] = ['--last-failed', ...rememberFailed];

/** The options of `npm run e2e` that are for the test runner. */
export interface RunnerSettings {
  grep?: string;
  shard?: Shard;
  lastFailed?: true;
  trace?: string;
  /** A seed; true: a random one. */
  shuffle?: number | true;
}

/** Arguments of the test runner: those that select tests, and all. @param specs files or folders. */
export function runnerArguments(
  specs: readonly string[],
  { grep, shard, lastFailed, trace, shuffle }: RunnerSettings,
): { selection: string[]; all: string[] } {
  const selection = [
    ...specs,
    ...(grep ? ['--grep', grep] : []),
    ...(shard ? [`--shard=${shard.index}/${shard.count}`] : []),
    ...(lastFailed ? onlyLastFailed : []),
  ];
  const all = [
    ...selection,
    ...(lastFailed ? [] : rememberFailed),
    ...(trace ? ['--trace', trace] : []),
    ...(shuffle ? [typeof shuffle === 'number' ? `--shuffle=${shuffle}` : '--shuffle'] : []),
  ];
  return { selection, all };
}

const lastRunSchema = z.object({ failedTests: z.array(z.string()) });

/**
 * @throws HarnessError when no run is remembered, or when nothing failed in it: the runner would run all tests or none.
 * Also for a damaged file.
 */
export function checkLastFailed(root = repositoryRoot): void {
  const path = join(root, lastFailedFile);
  const last = readJson(path, lastRunSchema, {
    what: 'the tests that failed last',
    remedy: 'Delete it, and run: npm run e2e',
  });
  if (!last) throw new HarnessError('No run is remembered. Start one with: npm run e2e');
  if (last.failedTests.length === 0)
    throw new HarnessError('No test failed in the last run. Run all with: npm run e2e');
}
