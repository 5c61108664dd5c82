import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quoted } from '../../fleet/quoted.ts';
import { readJson } from '../../e2e/report/read-json.ts';
import { knownSecrets } from '../../e2e/report/known-secrets.ts';
import { scanReports } from '../../e2e/report/report-files.ts';
import type { RunRecord, RunVerdict } from '../../e2e/report/verdict.ts';
import { requestVariable, type RunRequest } from '../../e2e/run-request.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { endingWithParent, send } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { withFileLock } from '../../fleet/run/file-lock.ts';
import { interruption } from '../command/interruption.ts';
import { asGiven, nativeTypeScript } from './runner-arguments.ts';
import { factorOf, measureSlowness } from './slowness.ts';
import type { WorkerFleets } from './worker-fleets.ts';

/** How long an interrupted runner may take to end its tests and write its reports, milliseconds. */
const endMs = 15_000;

/** What is asked of a run, but what the runner adds itself. */
type AskedRequest = Partial<Omit<RunRequest, 'runs' | 'engine' | 'slowness'>>;

export interface RunnerOptions extends AskedRequest {
  /** Arguments for `playwright test`: specs, `--grep`, `--shuffle` … */
  args: readonly string[];
  /** Folder for reports, relative to the repository. */
  reports: string;
  /** How many tests share the machine, with those of other runners. Default: one for each fleet. */
  testsAtOnce?: number;
  /** How much slower the fleet's Authentik is than one on a quiet machine. Default: as fast. */
  serverSlowness?: number;
  /** Ends the run without a verdict, as an interruption of the command does. */
  signal?: AbortSignal;
}

/**
 * Runs the suite's specs with a worker on each of these fleets, and scans the reports.
 * @throws HarnessError when the reports contain secrets, the runner ends without a verdict, or another command writes to
 * this folder; the reason of an interruption.
 */
export const runSpecs = (fleets: WorkerFleets, options: RunnerOptions): Promise<RunRecord> =>
  // Two commands on one fleet would read each other's verdict.
  withFileLock(join(resolve(repositoryRoot, options.reports), 'in-use.lock'), () => runInFolder(fleets, options), {
    onWait: () => {
      throw new HarnessError(
        `Another command writes its reports to ${options.reports} now. Wait until it has ended, or use another fleet.`,
      );
    },
  });

async function runInFolder(
  fleets: WorkerFleets,
  { args, reports, testsAtOnce = fleets.length, serverSlowness = 1, signal, ...asked }: RunnerOptions,
): Promise<RunRecord> {
  const verdictFile = join(resolve(repositoryRoot, reports), 'verdict.json');
  rmSync(verdictFile, { force: true });
  const stop = signal ? AbortSignal.any([interruption, signal]) : interruption;

  await runPlaywright(fleets, {
    args: [...args, `--workers=${fleets.length}`, ...(asked.headed ? ['--headed'] : [])],
    output: asked.quiet ? 'ignore' : 'inherit',
    stop,
    request: {
      ...asked,
      reports,
      slowness: {
        machine: measureSlowness(),
        crowding: factorOf(testsAtOnce / availableParallelism()),
        server: serverSlowness,
      },
    },
  });
  scanReports(resolve(repositoryRoot, reports), [...knownSecrets(idsOf(fleets)), ...(asked.secrets ?? [])]);
  // An interrupted run has no verdict.
  stop.throwIfAborted();

  const record = readJson<RunRecord>(verdictFile, `df -h ${quoted(dirname(verdictFile))}, and the same again`);
  if (record) return record;
  throw new HarnessError(
    `The test runner ended without a verdict. Run it with its output: npm run e2e -- ${asGiven(args).map(quoted).join(' ')}`,
  );
}

const idsOf = (fleets: WorkerFleets): string[] => fleets.map(({ runId }) => runId);

/** Runs `playwright test` on these fleets. @returns its exit code. @param stop passed on to it as one Ctrl-C. */
export async function runPlaywright(
  fleets: WorkerFleets,
  {
    args,
    output,
    request,
    stop = interruption,
  }: { args: readonly string[]; output: 'ignore' | 'inherit'; request: Partial<RunRequest>; stop?: AbortSignal },
): Promise<number | null> {
  const [fleet] = fleets;
  // Otherwise it would go on, and write its verdict where the next command expects its own.
  const ending = endingWithParent('process');
  const runner = spawn(
    process.execPath,
    [...ending.args, '--', fileURLToPath(import.meta.resolve('@playwright/test/cli')), 'test', ...args],
    {
      cwd: repositoryRoot,
      // In its own process group: this process passes a Ctrl-C on once, and the terminal must not send it a second time.
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
      env: {
        ...withoutColours(process.env),
        ...ending.env,
        ...nativeTypeScript,
        ...environmentFor(fleets, request),
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

/** Variables that a test runner's workers need. */
export const environmentFor = (fleets: WorkerFleets, request: Partial<RunRequest>): Record<string, string> => ({
  ...requestVariable({ ...request, engine: fleets[0].engine, runs: idsOf(fleets) }),
  // Read only once, when a process starts, so the specs cannot set it themselves.
  NODE_EXTRA_CA_CERTS: authoritiesFile(fleets[0].edge.caFile),
});

/** Playwright sets FORCE_COLOR for its workers, and Node warns of it in each when there is NO_COLOR. */
export function withoutColours({ NO_COLOR, ...env }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (NO_COLOR === undefined) return env;
  return NO_COLOR === '' ? { ...env, NO_COLOR } : { ...env, FORCE_COLOR: '0' };
}

/** The exit code for a verdict. When all failures are the harness's own, there is no verdict on the product. */
export function exitCodeOfRun({
  passed,
  failed,
  skipped,
  harnessFaults,
  errors,
  unexpectedSkips = [],
}: RunVerdict & Partial<Pick<RunRecord, 'unexpectedSkips'>>): number {
  if (failed > harnessFaults) return exitCodes.productFailed;
  if (harnessFaults > 0 || errors.length > 0 || unexpectedSkips.length > 0) return exitCodes.harnessFailed;
  if (passed > 0) return exitCodes.passed;
  return skipped > 0 ? exitCodes.cannotRunHere : exitCodes.harnessFailed;
}

/**
 * The file that a test runner gets as NODE_EXTRA_CA_CERTS: the authority of the run, with those that the variable names
 * here, which a real Authentik may need. Node has warned already if their file cannot be read.
 */
export function authoritiesFile(caFile: string, further = process.env.NODE_EXTRA_CA_CERTS): string {
  if (!further || !existsSync(further)) return caFile;
  const file = join(dirname(caFile), 'authorities.pem');
  writeFileSync(file, [caFile, further].map((each) => readFileSync(each, 'utf8')).join('\n'));
  return file;
}
