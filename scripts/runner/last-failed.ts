import { join } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson } from '../shared/json-file.ts';

/** Where Playwright keeps which tests failed last, relative to the repository; the same for all runs of the suite. */
export const lastFailedFile = 'reports/last-run.json';

/** Options of the runner that make it remember which tests fail. */
export const rememberFailed: readonly string[] = ['--last-failed-file', lastFailedFile];

/** Options of the runner that select the tests that failed last. */
export const onlyLastFailed: readonly string[] = ['--last-failed', ...rememberFailed];

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
