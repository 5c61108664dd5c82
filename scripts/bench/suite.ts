import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { TestOutcome } from '../../e2e/report/outcome.ts';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { inColumns } from '../command/output.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { suite as product } from '../product.ts';
import { runSuite } from '../runner/run-suite.ts';
import { e2eCommand, type E2eOptions } from '../runner/suite-options.ts';
import { isMeasured, writeDurations } from '../runner/sequencer.ts';
import { measureSlowness } from '../runner/slowness.ts';
import { ProcessUsage } from './process-usage.ts';
import { printTimeToRed } from './time-to-red.ts';

const sampleMs = 200;
const slowestShown = 10;

/** `bench suite`: runs the suite and says where the time goes. @param args of `npm run e2e`. @returns its exit code. */
export async function suite(args: readonly string[]): Promise<number> {
  const program = e2eCommand().parse(args, { from: 'user' });
  const slowness = measureSlowness();
  const start = Date.now();
  const usage = new ProcessUsage(process.pid);
  const sampling = setInterval(() => usage.sample(), sampleMs);
  const options = program.opts<E2eOptions>();
  const code = await runSuite(program.args, options, product);
  clearInterval(sampling);
  if (options.list || (code !== exitCodes.passed && code !== exitCodes.productFailed)) return code;
  const record = readFileSync(join(repositoryRoot, 'reports/latest/verdict.json'), 'utf8');
  const { tests } = JSON.parse(record) as RunRecord;
  print(tests, usage, start, Date.now());
  const { engine = 'local' } = options;
  if (isWhole(program) && isMeasured(engine) && code === exitCodes.passed) writeDurations(engine, tests, slowness);
  return code;
}

/** Whether a command line of `npm run e2e` runs the whole suite as it is, on whatever engine. */
const isWhole = (program: Command): boolean =>
  program.args.length === 0 &&
  program.options
    .map((option) => option.attributeName())
    .every((name) => name === 'engine' || program.getOptionValueSource(name) !== 'cli');

function print(
  outcomes: readonly TestOutcome[],
  { cpuSeconds, idleShare, peakBytes }: ProcessUsage,
  start: number,
  end: number,
): void {
  const tests = outcomes.flatMap(({ spec, title, line, status, tags, ran, endedAt }) =>
    ran && status !== 'skipped'
      ? [{ name: `${spec}: ${title}`, place: `${spec}:${line}`, tags, start: ran.startedAt, end: endedAt }]
      : [],
  );
  const first = Math.min(...tests.map((test) => test.start));
  const last = Math.max(...tests.map((test) => test.end));
  const total = cpuSeconds.reduce((sum, [, seconds]) => sum + seconds, 0);
  const table = [['what', 'seconds', 'share']];
  const row = (what: string, seconds: number, whole: number) =>
    table.push([what, seconds.toFixed(1), `${Math.round((seconds / whole) * 100)} %`]);
  const wall = (end - start) / 1000;
  row('wall time', wall, wall);
  row('  until the first test', (first - start) / 1000, wall);
  row('  tests', (last - first) / 1000, wall);
  row('  reports and clean-up', (end - last) / 1000, wall);
  row('CPU time', total, total);
  for (const [kind, seconds] of cpuSeconds) row(`  ${kind}`, seconds, total);
  console.log(inColumns(table).join('\n'));
  console.log(
    `The machine was idle for ${Math.round(idleShare * 100)} % of the time; ` +
      `at most ${(peakBytes / 2 ** 30).toFixed(1)} GiB resident.\n\nThe slowest tests:`,
  );
  for (const test of tests.toSorted((a, b) => b.end - b.start - (a.end - a.start)).slice(0, slowestShown))
    console.log(`  ${duration(test.end - test.start).padStart(11)}  ${test.name}`);
  console.log();
  printTimeToRed(tests.map(({ place, tags, end: at }) => ({ name: place, tags, end: (at - first) / 1000 })));
}
