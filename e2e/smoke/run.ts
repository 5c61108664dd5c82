import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { send } from '../../fleet/programs.ts';
import { repositoryRoot as root } from '../../fleet/root.ts';
import { withFileLock } from '../../fleet/run/file-lock.ts';
import { knownSecrets } from '../report/known-secrets.ts';
import { scanReports } from '../report/report-files.ts';
import type { RunVerdict } from '../report/verdict.ts';
import { requestVariable } from '../run-request.ts';
import { variables, type SmokeTarget } from './target.ts';

/** How long the runner may take to close a browser and write its reports after the budget is used up, milliseconds. */
const graceMs = 20_000;

/** @throws HarnessError when something else is where the reports go. */
export function checkReportsFolder(reports: string): void {
  const folder = resolve(root, reports);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new HarnessError(`${folder} is no folder. Give --reports a folder.`);
}

interface SmokeRunOptions {
  grep?: string | undefined;
  /** Ends the checks without a verdict. */
  signal: AbortSignal;
}

/**
 * Runs the smoke specs against a target.
 * @throws HarnessError when the runner ends without a verdict, or when another command writes to this folder; the reason
 * of the signal.
 */
export function runSmoke(target: SmokeTarget, reports: string, options: SmokeRunOptions): Promise<RunVerdict> {
  const folder = resolve(root, reports);
  return withFileLock(join(folder, 'in-use.lock'), () => runChecks(target, reports, options), {
    onWait: () => {
      throw new HarnessError(
        `Another command writes its reports to ${folder} now. Give this one a folder of its own: --reports <folder>`,
      );
    },
  });
}

async function runChecks(target: SmokeTarget, reports: string, { grep, signal }: SmokeRunOptions): Promise<RunVerdict> {
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
      env: { ...process.env, [variables.target]: JSON.stringify(target), ...requestVariable({ reports }) },
    },
  );
  const forward = () => runner.kill('SIGINT');
  signal.addEventListener('abort', forward);
  let isOverdue = false;
  const overdue = setTimeout(() => {
    isOverdue = true;
    if (runner.pid) send(-runner.pid, 'SIGKILL');
  }, target.budget + graceMs);
  await new Promise((done) => runner.once('exit', done));
  clearTimeout(overdue);
  signal.removeEventListener('abort', forward);
  scanReports(resolve(root, reports), knownSecrets([], { ...process.env, [variables.target]: JSON.stringify(target) }));
  // An interrupted run has no verdict.
  signal.throwIfAborted();
  if (isOverdue) {
    throw new HarnessError(
      `The checks did not end ${graceMs / 1_000} s after their budget of ${target.budget / 1_000} s, and were killed. ` +
        'Look at what is above, and run fewer with --grep.',
    );
  }
  if (existsSync(verdictFile)) return JSON.parse(readFileSync(verdictFile, 'utf8')) as RunVerdict;
  throw new HarnessError('The checks ended without a verdict: see above. Run `npm run doctor`.');
}
