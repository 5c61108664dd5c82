import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { runSuite } from '../runner/run-suite.ts';
import { e2eCommand, type E2eOptions } from '../runner/suite-options.ts';
import { ProcessUsage } from './process-usage.ts';

const sampleMs = 200;
const slowestShown = 10;

/** `bench suite`: runs the suite and says where the time goes. @param args of `npm run e2e`. @returns its exit code. */
export async function suite(args: readonly string[]): Promise<number> {
  const program = e2eCommand().parse(args, { from: 'user' });
  const start = Date.now();
  const usage = new ProcessUsage(process.pid);
  const sampling = setInterval(() => usage.sample(), sampleMs);
  const options = program.opts<E2eOptions>();
  const code = await runSuite(program.args, options);
  clearInterval(sampling);
  if (!options.list && (code === exitCodes.passed || code === exitCodes.productFailed)) print(usage, start, Date.now());
  return code;
}

function print({ cpuSeconds, idleShare, peakBytes }: ProcessUsage, start: number, end: number): void {
  const record = readFileSync(join(repositoryRoot, 'reports/latest/verdict.json'), 'utf8');
  const tests = (JSON.parse(record) as RunRecord).tests.flatMap(({ spec, title, ran, endedAt }) =>
    ran ? [{ name: `${spec}: ${title}`, start: ran.startedAt, end: endedAt }] : [],
  );
  const first = Math.min(...tests.map((test) => test.start));
  const last = Math.max(...tests.map((test) => test.end));
  const total = cpuSeconds.reduce((sum, [, seconds]) => sum + seconds, 0);
  const table = new Table({ head: ['what', 'seconds', 'share'], style: { head: [], border: [] } });
  const row = (what: string, seconds: number, whole: number) =>
    table.push([what, seconds.toFixed(1), `${Math.round((seconds / whole) * 100)} %`]);
  const wall = (end - start) / 1000;
  row('wall time', wall, wall);
  row('  until the first test', (first - start) / 1000, wall);
  row('  tests', (last - first) / 1000, wall);
  row('  reports and clean-up', (end - last) / 1000, wall);
  row('CPU time', total, total);
  for (const [kind, seconds] of cpuSeconds) row(`  ${kind}`, seconds, total);
  console.log(table.toString());
  console.log(
    `The machine was idle for ${Math.round(idleShare * 100)} % of the time; ` +
      `at most ${(peakBytes / 2 ** 30).toFixed(1)} GiB resident.\n\nThe slowest tests:`,
  );
  for (const test of tests.toSorted((a, b) => b.end - b.start - (a.end - a.start)).slice(0, slowestShown))
    console.log(`  ${duration(test.end - test.start).padStart(11)}  ${test.name}`);
}
