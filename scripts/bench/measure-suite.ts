import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONReport, TestStatus } from '@playwright/test/reporter';
import { specsIn } from '../../e2e/report/json-report.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { ProcessUsage } from './process-usage.ts';

const sampleMs = 200;
/** A line of progress for this many tests. */
const testsPerLine = 20;

/** A stretch of the run, such as the start of the fleets; milliseconds since the command started. */
interface Phase {
  name: string;
  start: number;
  end: number;
}

/** One test on one worker; times in milliseconds since the command started. */
interface MeasuredTest {
  title: string;
  worker: number;
  status: TestStatus;
  start: number;
  end: number;
}

/** One measured run of the suite. */
export interface MeasuredSuite {
  wallSeconds: number;
  /** CPU seconds by kind of process, most first. */
  cpuSeconds: ReadonlyArray<readonly [string, number]>;
  /** The share of the machine's CPU time that was idle meanwhile, 0 to 1. */
  idleShare: number;
  peakBytes: number;
  phases: Phase[];
  tests: MeasuredTest[];
}

/**
 * Runs the suite and samples its processes.
 * @param args of `npm run e2e`. @throws HarnessError when it ends without a verdict.
 */
export async function measureSuite(args: readonly string[]): Promise<MeasuredSuite> {
  const startedAt = Date.now();
  const since = (time: number): number => time - startedAt;
  const run = spawn(process.execPath, [join(repositoryRoot, 'scripts/e2e.ts'), ...args], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, DEZKY_ENDS_WITH_PARENT: '1' },
  });
  const stop = (): void => void run.kill('SIGTERM');
  interruption.addEventListener('abort', stop);
  let fleetsUp = startedAt;
  run.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (/fleets? up/.test(text)) fleetsUp = Date.now();
    for (const line of text.split('\n').filter(Boolean)) progress(`  ${line}`);
  });
  let ended = 0;
  run.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const before = ended;
    ended += text.match(/^ +[✓✘] /gm)?.length ?? 0;
    if (Math.floor(ended / testsPerLine) > Math.floor(before / testsPerLine)) {
      progress(`  ${ended} tests after ${duration(since(Date.now()))}`);
    }
  });
  const usage = new ProcessUsage(run.pid ?? 0);
  const sampling = setInterval(() => usage.sample(), sampleMs);
  const [code] = (await once(run, 'close')) as [number | null];
  clearInterval(sampling);
  interruption.removeEventListener('abort', stop);
  interruption.throwIfAborted();
  const endedAt = Date.now();
  if (code !== exitCodes.passed && code !== exitCodes.productFailed)
    throw new HarnessError(`The suite ended with exit code ${code}, so that there is nothing to measure.`);
  const tests = testsOf(readResults(), startedAt);
  const first = Math.min(...tests.map(({ start }) => start));
  const last = Math.max(...tests.map(({ end }) => end));
  return {
    wallSeconds: since(endedAt) / 1000,
    cpuSeconds: usage.cpuSeconds,
    idleShare: usage.idleShare,
    peakBytes: usage.peakBytes,
    phases: [
      { name: 'fleets start', start: 0, end: since(fleetsUp) },
      { name: 'test runner starts', start: since(fleetsUp), end: first },
      { name: 'tests', start: first, end: last },
      { name: 'reports and clean-up', start: last, end: since(endedAt) },
    ],
    tests,
  };
}

function readResults(): JSONReport {
  const file = join(repositoryRoot, 'reports/latest/results.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JSONReport;
  } catch (cause) {
    throw new HarnessError(`The suite left no results in ${file}. Run it alone: npm run e2e`, { cause });
  }
}

const testsOf = (report: JSONReport, startedAt: number): MeasuredTest[] =>
  specsIn(report).flatMap(({ spec: { file, title, tests } }) =>
    tests.flatMap(({ results }) =>
      results
        .filter(({ status }) => status !== undefined && status !== 'skipped')
        .map(({ startTime, duration, status = 'interrupted', parallelIndex }) => {
          const start = new Date(startTime).getTime() - startedAt;
          return { title: `${file}: ${title}`, worker: parallelIndex, status, start, end: start + duration };
        }),
    ),
  );
