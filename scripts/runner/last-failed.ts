import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** Where Playwright keeps which tests failed last, relative to the repository; the same for all runs of the suite. */
export const lastFailedFile = 'reports/last-run.json';

/** Options of the runner that make it remember which tests fail. */
export const rememberFailed: readonly string[] = ['--last-failed-file', lastFailedFile];

/** Options of the runner that select the tests that failed last. */
export const onlyLastFailed: readonly string[] = ['--last-failed', ...rememberFailed];

/** @throws HarnessError when no run is remembered, or when nothing failed in it: the runner would run all tests or none. */
export function checkLastFailed(root = repositoryRoot): void {
  const path = join(root, lastFailedFile);
  if (!existsSync(path)) throw new HarnessError('No run is remembered. Start one with: npm run e2e');
  const { failedTests } = JSON.parse(readFileSync(path, 'utf8')) as { failedTests: readonly string[] };
  if (failedTests.length === 0) throw new HarnessError('No test failed in the last run. Run all with: npm run e2e');
}
