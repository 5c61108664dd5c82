import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot as root } from '../../fleet/root.ts';
import { quoted } from '../report/commands.ts';
import { passwords } from '../../fixtures/people.ts';
import { readJson } from '../report/read-json.ts';
import { scanReports } from '../report/report-files.ts';
import type { RunVerdict } from '../report/verdict.ts';
import { requestVariable } from '../run-request.ts';
import { secretsOf, variables, type SmokeTarget } from '../probes/target.ts';

/** @throws HarnessError when something else is where the reports go. */
export function checkReportsFolder(reports: string): void {
  const folder = resolve(root, reports);
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) throw new HarnessError(`${folder} is no folder. Give --reports a folder.`);
}

interface SmokeRunOptions {
  grep?: string | undefined;
  signal: AbortSignal;
}

/** @throws HarnessError when the runner ends without a verdict; the reason of the signal. */
export async function runSmoke(
  target: SmokeTarget,
  reports: string,
  { grep, signal }: SmokeRunOptions,
): Promise<RunVerdict> {
  const folder = resolve(root, reports);
  const report = join(folder, 'smoke.json');
  rmSync(report, { force: true });
  const secrets = secretsOf(target, process.env);
  const cli = join(root, 'node_modules/@playwright/test/cli.js');
  const runner = spawn(
    process.execPath,
    ['--', cli, 'test', '--config=e2e/smoke/smoke.config.ts', ...(grep ? ['--grep', grep] : [])],
    {
      cwd: root,
      // In its own process group: this process passes a Ctrl-C on once, and the terminal must not send it a second
      // time.
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, [variables.target]: JSON.stringify(target), ...requestVariable({ reports, secrets }) },
    },
  );
  const forward = () => runner.kill('SIGINT');
  signal.addEventListener('abort', forward);
  await new Promise((done) => runner.once('exit', done));
  signal.removeEventListener('abort', forward);
  scanReports(folder, [...passwords, ...secrets]);
  // An interrupted run has no verdict.
  signal.throwIfAborted();
  const written = readJson<{ verdict: RunVerdict }>(report, `df -h ${quoted(folder)}, and the same again`);
  if (written) return written.verdict;
  throw new HarnessError('The checks ended without a verdict: see above. Run `npm run doctor`.');
}
