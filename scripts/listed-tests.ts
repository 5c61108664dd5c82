import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { JSONReport } from '@playwright/test/reporter';
import { HarnessError } from '../fleet/errors.ts';
import { repositoryRoot } from '../fleet/root.ts';
import { outcomesIn, type TestOutcome } from './results.ts';

const run = promisify(execFile);

/** Every test of the suite, as the runner sees them, without running any. @throws HarnessError when a spec does not load. */
export async function listedTests(): Promise<TestOutcome[]> {
  const runner = join(repositoryRoot, 'node_modules/@playwright/test/cli.js');
  const list = [runner, 'test', '--list', '--reporter=json'];
  const { stdout } = await run(process.execPath, list, { cwd: repositoryRoot, maxBuffer: 2 ** 26 }).catch(
    // A spec that does not load ends it with 1; the report says why.
    (error: { stdout: string }) => error,
  );
  const report = JSON.parse(stdout) as JSONReport;
  const [fault] = report.errors;
  if (fault) {
    const at = fault.location ? `${fault.location.file}:${fault.location.line}: ` : '';
    throw new HarnessError(`The specs do not load: ${at}${fault.message} See: npx playwright test --list`);
  }
  return outcomesIn(report);
}
