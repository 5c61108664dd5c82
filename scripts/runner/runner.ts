import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { quote } from 'shell-quote';
import { knownSecrets } from '../../e2e/reporters/known-secrets.ts';
import { scanReports } from '../../e2e/reporters/scan-reports.ts';
import { staleVariable } from '../../e2e/reporters/stale.ts';
import type { RunRecord, Verdict } from '../../e2e/reporters/verdict.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { endingWithParent, send } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { deadlineVariables } from '../../e2e/deadline.ts';
import { failuresExpectedVariable } from '../../e2e/fixtures/expected-failures.ts';
import { runsVariable } from '../../e2e/fixtures/worker-runs.ts';
import { fleetOptionsVariable } from '../../e2e/report/commands.ts';
import { earlierTestsEnded, variableOfTests } from './earlier-tests.ts';
import { authoritiesFile } from './authorities-file.ts';
import { factorOf, measureSlowness } from './slowness.ts';
import { interruption } from '../command/interruption.ts';
import { lastFailedFile, rememberFailed } from './last-failed.ts';
import { withOwnReports } from './own-reports.ts';
import type { WorkerFleets } from './worker-fleets.ts';

/** How long an interrupted runner may take to end its tests and write its reports, milliseconds. */
const endMs = 15_000;

export interface RunnerOptions {
  /** Arguments for `playwright test`: specs, `--grep`, `--headed` … */
  args: readonly string[];
  /** Folder for reports, relative to the repository. */
  reports: string;
  /** The tests must fail: the fleet has a regression. */
  failuresExpected?: boolean;
  /** Show the browser. */
  headed?: boolean;
  /** How many tests share the machine, with those of other runners. Default: one for each fleet. */
  testsAtOnce?: number;
  /** How much slower the fleet's Authentik is than one on a quiet machine. Default: as fast. */
  serverSlowness?: number;
  /** Suppress its output. */
  quiet?: boolean;
  /** Parts of the fleet that are older than this repository; the verdict names them. */
  stale?: readonly string[];
  /** Options of `npm run e2e` that say which fleet it is. Default: none, its default fleet. */
  fleetOptions?: readonly string[];
  /** When the command started, in milliseconds since 1970. Used to print the time to the first assertion. */
  since?: number;
  /** Ends the run without a verdict, as an interruption of the command does. */
  signal?: AbortSignal;
}

/**
 * Runs the suite's specs with a worker on each of these fleets, and scans the reports.
 * @throws HarnessError when the reports contain secrets, the runner ends without a verdict, or another command writes to
 * this folder; the reason of an interruption.
 */
export const runSpecs = (fleets: WorkerFleets, options: RunnerOptions): Promise<RunRecord> =>
  withOwnReports(join(repositoryRoot, options.reports), 'Wait until it has ended, or use another fleet.', () =>
    runInFolder(fleets, options),
  );

async function runInFolder(
  fleets: WorkerFleets,
  {
    args,
    reports,
    failuresExpected = false,
    headed = false,
    testsAtOnce = fleets.length,
    serverSlowness = 1,
    quiet = false,
    stale = [],
    fleetOptions = [],
    since,
    signal,
  }: RunnerOptions,
): Promise<RunRecord> {
  const runs = { [runsVariable]: idsOf(fleets) };
  for (const { runId } of fleets) await earlierTestsEnded(runId, { signal: interruption });
  const verdictFile = join(repositoryRoot, reports, 'verdict.json');
  rmSync(verdictFile, { force: true });
  const stop = signal ? AbortSignal.any([interruption, signal]) : interruption;

  await runPlaywright(fleets, {
    args: [...args, `--workers=${fleets.length}`, ...(headed ? ['--headed'] : [])],
    output: quiet ? 'ignore' : 'inherit',
    stop,
    env: {
      ...(headed ? { E2E_HEADED: '1' } : {}),
      ...(quiet ? { E2E_QUIET: '1' } : {}),
      ...(failuresExpected ? { [failuresExpectedVariable]: '1' } : {}),
      ...(stale.length > 0 ? { [staleVariable]: stale.join(', ') } : {}),
      ...(rememberFailed.every((arg) => args.includes(arg)) ? { E2E_LAST_RUN: lastFailedFile } : {}),
      ...(since === undefined ? {} : { E2E_SINCE: String(since) }),
      [fleetOptionsVariable]: quote(fleetOptions),
      E2E_REPORTS: reports,
      [deadlineVariables.slowness]: String(measureSlowness()),
      [deadlineVariables.crowding]: String(factorOf(testsAtOnce / availableParallelism())),
      [deadlineVariables.server]: String(serverSlowness),
    },
  });
  scanReports(join(repositoryRoot, reports), knownSecrets({ ...process.env, ...runs }));
  // An interrupted run has no verdict.
  stop.throwIfAborted();

  if (!existsSync(verdictFile)) {
    throw new HarnessError(
      `The test runner ended without a verdict. Run it with its output: npm run e2e -- ${quote(args)}`,
    );
  }
  return JSON.parse(readFileSync(verdictFile, 'utf8')) as RunRecord;
}

const idsOf = (fleets: WorkerFleets): string => fleets.map(({ runId }) => runId).join(',');

/**
 * Runs `playwright test` on these fleets. @returns its exit code.
 * @param stop passed on to it as one Ctrl-C.
 */
export async function runPlaywright(
  fleets: WorkerFleets,
  {
    args,
    output,
    env,
    stop = interruption,
  }: { args: readonly string[]; output: 'ignore' | 'inherit'; env: NodeJS.ProcessEnv; stop?: AbortSignal },
): Promise<number | null> {
  const [fleet] = fleets;
  // Otherwise it would go on, and write its verdict where the next command expects its own.
  const ending = endingWithParent('process');
  const runner = spawn(
    process.execPath,
    [...ending.args, '--', join(repositoryRoot, 'node_modules/@playwright/test/cli.js'), 'test', ...args],
    {
      cwd: repositoryRoot,
      // In its own process group: this process passes a Ctrl-C on once, and the terminal must not send it a second time.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
      env: {
        ...withoutColours(process.env),
        ...env,
        ...variableOfTests(fleet.runId),
        ...ending.env,
        FLEET_ENGINE: fleet.engine,
        [runsVariable]: idsOf(fleets),
        // Read only once, when a process starts, so the specs cannot set it themselves.
        NODE_EXTRA_CA_CERTS: authoritiesFile(fleet.edge.caFile),
      },
    },
  );
  const ended = new Promise<number | null>((resolve) => runner.on('exit', resolve));
  if (runner.pid) await fleet.adopt(runner.pid);
  let overdue: NodeJS.Timeout | undefined;
  const forward = () => {
    runner.kill('SIGINT');
    // A runner that is interrupted while its worker starts may wait for that worker forever.
    overdue = setTimeout(() => runner.pid && send(-runner.pid, 'SIGKILL'), endMs);
  };
  stop.addEventListener('abort', forward);
  if (stop.aborted) forward();
  const code = await ended;
  clearTimeout(overdue);
  stop.removeEventListener('abort', forward);
  return code;
}

/** Playwright sets FORCE_COLOR for its workers, and Node warns of it in each when there is NO_COLOR. */
export function withoutColours({ NO_COLOR, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (NO_COLOR === undefined) return env;
  return NO_COLOR === '' ? { ...env, NO_COLOR } : { ...env, FORCE_COLOR: '0' };
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
