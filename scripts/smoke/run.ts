import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { knownSecrets } from '../../e2e/reporters/known-secrets.ts';
import { scanReports } from '../../e2e/reporters/scan-reports.ts';
import type { Verdict } from '../../e2e/reporters/verdict.ts';
import { variables, type Target } from '../../e2e/smoke/target.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { send } from '../../fleet/programs.ts';
import { interruption } from '../command/interruption.ts';
import { withOwnReports } from '../runner/own-reports.ts';

const root = join(import.meta.dirname, '../..');

/** How long the runner may take to close a browser and write its reports after the budget is used up, milliseconds. */
const graceMs = 20_000;

/**
 * Runs the smoke specs against a target.
 * @throws HarnessError when the runner ends without a verdict, or when another command writes to this folder.
 */
export const runSmoke = (target: Target, reports: string, grep?: string): Promise<Verdict> =>
  withOwnReports(resolve(root, reports), 'Give this one a folder of its own: --reports <folder>', () =>
    runChecks(target, reports, grep),
  );

async function runChecks(target: Target, reports: string, grep?: string): Promise<Verdict> {
  const verdictFile = resolve(root, reports, 'verdict.json');
  rmSync(verdictFile, { force: true });
  const runner = spawn(
    process.execPath,
    [
      '--',
      join(root, 'node_modules/@playwright/test/cli.js'),
      'test',
      '--config=e2e/smoke/smoke.config.ts',
      ...(grep ? ['--grep', grep] : []),
    ],
    {
      cwd: root,
      // In its own process group: this process passes a Ctrl-C on once, and the terminal must not send it a second
      // time.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, [variables.target]: JSON.stringify(target), E2E_REPORTS: reports },
    },
  );
  const forward = () => runner.kill('SIGINT');
  interruption.addEventListener('abort', forward);
  let isOverdue = false;
  const overdue = setTimeout(() => {
    isOverdue = true;
    if (runner.pid) send(-runner.pid, 'SIGKILL');
  }, target.budget + graceMs);
  await new Promise((done) => runner.once('exit', done));
  clearTimeout(overdue);
  interruption.removeEventListener('abort', forward);
  scanReports(resolve(root, reports), knownSecrets({ ...process.env, [variables.target]: JSON.stringify(target) }));
  // An interrupted run has no verdict.
  interruption.throwIfAborted();
  if (isOverdue) {
    throw new HarnessError(
      `The checks did not end ${graceMs / 1_000} s after their budget of ${target.budget / 1_000} s, and were killed. ` +
        'Look at what is above, and run fewer with --grep.',
    );
  }
  if (existsSync(verdictFile)) return JSON.parse(readFileSync(verdictFile, 'utf8')) as Verdict;
  throw new HarnessError('The checks ended without a verdict: see above. Run `npm run doctor`.');
}
