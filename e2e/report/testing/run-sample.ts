import { join } from 'node:path';
import { installedBrowser } from '../../../fixtures/browser.ts';
import { runProgram, type Ended } from '../../../fleet/programs.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { requestVariable } from '../../run-request.ts';

/** Runs a sample with the reporters of the suite, or another one. @param sample a file below `e2e/`. */
export function runSample(
  sample: string,
  request: Parameters<typeof requestVariable>[0],
  { env, reporter }: { env?: Record<string, string>; reporter?: string } = {},
): Promise<Ended> {
  const cli = join(repositoryRoot, 'node_modules/@playwright/test/cli.js');
  const args = [cli, 'test', '--config=e2e/report/testing/samples.config.ts'];
  return runProgram(process.execPath, [...args, ...(reporter ? [`--reporter=${reporter}`] : [])], {
    cwd: repositoryRoot,
    env: {
      PATH: process.env['PATH'],
      CHROMIUM_PATH: installedBrowser(),
      SAMPLE: sample,
      ...requestVariable(request),
      ...env,
    },
  });
}
