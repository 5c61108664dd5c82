import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { knownSecrets } from '../e2e/reporters/known-secrets.ts';
import { scanReports } from '../e2e/reporters/scan-reports.ts';
import type { RunRecord, Verdict } from '../e2e/reporters/verdict.ts';
import { exitCodes, HarnessError } from '../fleet/errors.ts';
import type { Fleet } from '../fleet/engines/shared/engine.ts';
import { interruption } from './interruption.ts';

const root = join(import.meta.dirname, '..');

export interface RunnerOptions {
  /** Arguments for `playwright test`: specs, `--grep`, `--headed` … */
  args: readonly string[];
  /** Folder for reports, relative to the repository. */
  reports: string;
  /** Name of the regression in the fleet. */
  regression?: string;
  /** Suppress its output. */
  quiet?: boolean;
  /** When the command started, in milliseconds since 1970. Used to print the time to the first assertion. */
  since?: number;
}

/**
 * Runs the suite's specs against a fleet, and scans the reports. @throws HarnessError when the reports contain secrets
 * or the runner ends without a verdict; the reason of an interruption.
 */
export async function runSpecs(
  fleet: Fleet,
  { args, reports, regression, quiet = false, since }: RunnerOptions,
): Promise<RunRecord> {
  const verdictFile = join(root, reports, 'verdict.json');
  rmSync(verdictFile, { force: true });

  const runner = spawn(process.execPath, ['--', join(root, 'node_modules/@playwright/test/cli.js'), 'test', ...args], {
    cwd: root,
    // In its own process group: this process passes a Ctrl-C on once, and the terminal must not send it a second time.
    detached: true,
    stdio: quiet ? ['ignore', 'ignore', 'ignore'] : ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...(quiet ? { E2E_QUIET: '1' } : {}),
      ...(regression ? { FLEET_REGRESSION: regression } : {}),
      ...(since === undefined ? {} : { E2E_SINCE: String(since) }),
      E2E_REPORTS: reports,
      FLEET_ENGINE: fleet.engine,
      FLEET_RUN: fleet.runId,
      FLEET_CA_DIR: join(fleet.edge.caFile, '..'),
      // Read only once, when a process starts, so the specs cannot set it themselves.
      NODE_EXTRA_CA_CERTS: fleet.edge.caFile,
    },
  });
  const ended = new Promise<number | null>((resolve) => runner.on('exit', resolve));
  if (runner.pid) await fleet.adopt(runner.pid);
  const forward = () => runner.kill('SIGINT');
  interruption.addEventListener('abort', forward);
  await ended;
  interruption.removeEventListener('abort', forward);
  scanReports(join(root, reports), knownSecrets({ ...process.env, FLEET_RUN: fleet.runId }));
  // An interrupted run has no verdict.
  interruption.throwIfAborted();

  if (!existsSync(verdictFile)) {
    throw new HarnessError(
      `The test runner ended without a verdict. Run it with its output: npm run e2e -- ${args.join(' ')}`,
    );
  }
  return JSON.parse(readFileSync(verdictFile, 'utf8')) as RunRecord;
}

/** The exit code for a verdict. When all failures are the harness's own, there is no verdict on the product. */
export function exitCodeOf({
  passed,
  failed,
  skipped,
  harnessFaults,
  errors,
  unexpectedSkips = [],
}: Verdict & Partial<Pick<RunRecord, 'unexpectedSkips'>>): number {
  if (failed > harnessFaults) return exitCodes.productFailed;
  if (harnessFaults > 0 || errors.length > 0 || unexpectedSkips.length > 0) return exitCodes.harnessFailed;
  if (passed > 0) return exitCodes.passed;
  return skipped > 0 ? exitCodes.cannotRunHere : exitCodes.harnessFailed;
}
