import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { measureSuite, type MeasuredSuite } from './measure-suite.ts';

const slowestShown = 10;

/** `bench suite`: runs the suite and says where the time goes. */
export async function suite(args: readonly string[]): Promise<number> {
  const measured = await measureSuite(args);
  const folder = join(repositoryRoot, 'reports', 'bench-suite');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'suite.json'), JSON.stringify(measured, null, 2));
  print(measured);
  const failed = measured.tests.filter(({ status }) => status !== 'passed');
  for (const { title, status } of failed) console.log(`${status}: ${title}`);
  console.log('\nWhen each test ran, and on which worker: reports/bench-suite/suite.json.');
  return failed.length > 0 ? exitCodes.productFailed : exitCodes.passed;
}

function print({ wallSeconds, cpuSeconds, idleShare, peakBytes, phases, tests }: MeasuredSuite): void {
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
    `${tests.length} tests, ${tests.filter(({ status }) => status === 'passed').length} passed; ` +
      `the machine was idle for ${Math.round(idleShare * 100)} % of the time; ` +
      `at most ${(peakBytes / 2 ** 30).toFixed(1)} GiB resident.`,
  );
  console.log(`\nThe slowest tests:`);
  for (const { title, start, end } of tests
    .toSorted((a, b) => b.end - b.start - (a.end - a.start))
    .slice(0, slowestShown)) {
    console.log(`  ${duration(end - start).padStart(11)}  ${title}`);
  }
}
