import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONReport } from '@playwright/test/reporter';
import Table from 'cli-table3';
import { specsIn } from '../../e2e/reporters/json-report.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../interruption.ts';
import { progress } from '../run-command.ts';
import { gantt, type Bar, type Phase } from './gantt.ts';
import { ProcessUsage } from './process-usage.ts';

const sampleMs = 200;
const slowestShown = 10;
/** A line of progress for this many tests. */
const testsPerLine = 20;

/** One measured run of the suite. */
interface Measured {
  wallSeconds: number;
  cpuSeconds: ReadonlyArray<readonly [string, number]>;
  idleShare: number;
  peakBytes: number;
  phases: Phase[];
  bars: Bar[];
}

/** `bench suite`: runs the suite of this checkout, or of another one, and says where its time goes. */
export async function suite(args: readonly string[]): Promise<number> {
  const measured = await measureSuite(repositoryRoot, args);
  const folder = join(repositoryRoot, 'reports', 'bench-suite');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'suite.json'), JSON.stringify(measured, null, 2));
  writeFileSync(join(folder, 'suite.svg'), gantt(measured.phases, measured.bars));
  print(measured);
  const failed = measured.bars.filter(({ status }) => status !== 'passed');
  for (const { title, status } of failed) console.log(`${status}: ${title}`);
  console.log(`\nEvery test on a time line: reports/bench-suite/suite.svg, figures: suite.json beside it.`);
  return failed.length > 0 ? exitCodes.productFailed : exitCodes.passed;
}

/** Runs the suite of a checkout and samples its processes. */
async function measureSuite(root: string, args: readonly string[]): Promise<Measured> {
  const startedAt = Date.now();
  const since = (time: number): number => time - startedAt;
  const run = spawn(process.execPath, [join(root, 'scripts/e2e.ts'), ...args], {
    cwd: root,
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
      progress(`  ${ended} tests after ${Math.round(since(Date.now()) / 1000)} s`);
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
  const bars = barsOf(resultsOf(root), startedAt);
  const first = Math.min(...bars.map(({ start }) => start));
  const last = Math.max(...bars.map(({ end }) => end));
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
    bars,
  };
}

function resultsOf(root: string): JSONReport {
  const file = join(root, 'reports/latest/results.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JSONReport;
  } catch (cause) {
    throw new HarnessError(`The suite left no results in ${file}. Run it alone: npm run e2e`, { cause });
  }
}

const barsOf = (report: JSONReport, startedAt: number): Bar[] =>
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

function print({ wallSeconds, cpuSeconds, idleShare, peakBytes, phases, bars }: Measured): void {
  const total = cpuSeconds.reduce((sum, [, seconds]) => sum + seconds, 0);
  const table = new Table({ head: ['what', 'seconds', 'share'], style: { head: [], border: [] } });
  const row = (what: string, seconds: number, whole: number): void => {
    table.push([what, seconds.toFixed(1), `${Math.round((seconds / whole) * 100)} %`]);
  };
  table.push(['wall time', wallSeconds.toFixed(1), '']);
  for (const { name, start, end } of phases) row(`  ${name}`, (end - start) / 1000, wallSeconds);
  table.push(['CPU time', total.toFixed(1), '']);
  for (const [kind, seconds] of cpuSeconds) row(`  ${kind}`, seconds, total);
  console.log(table.toString());
  console.log(
    `${bars.length} tests, ${bars.filter(({ status }) => status === 'passed').length} passed; the machine was idle for ${Math.round(idleShare * 100)} % of the time; ` +
      `at most ${(peakBytes / 2 ** 30).toFixed(1)} GiB resident.`,
  );
  console.log(`\nThe slowest tests:`);
  for (const { title, start, end } of bars
    .toSorted((a, b) => b.end - b.start - (a.end - a.start))
    .slice(0, slowestShown)) {
    console.log(`  ${((end - start) / 1000).toFixed(1).padStart(6)} s  ${title}`);
  }
}
