import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { progress } from '../command/run-command.ts';
import { CommitCheckout } from './commit-checkout.ts';
import { ratio, sum } from './figures.ts';
import { measureSuite, type Measured } from './measure-suite.ts';
import { suitePage } from './suite-page.ts';

const slowestShown = 10;

/**
 * `bench suite`: runs the suite of this checkout, and before it that of another commit when one is given, and says where
 * the time goes.
 */
export async function suite(args: readonly string[], against?: string): Promise<number> {
  const before = against === undefined ? undefined : await suiteOf(against, args);
  const measured = await measureSuite(repositoryRoot, args);
  const folder = join(repositoryRoot, 'reports', 'bench-suite');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'suite.json'), JSON.stringify(measured, null, 2));
  writeFileSync(join(folder, 'suite.html'), suitePage(measured));
  print(measured);
  if (before) console.log(`\n${comparison(measured, before, against ?? '')}`);
  const failed = measured.bars.filter(({ status }) => status !== 'passed');
  for (const { title, status } of failed) console.log(`${status}: ${title}`);
  console.log(`\nEvery test on a time line: reports/bench-suite/suite.html, figures: suite.json beside it.`);
  return failed.length > 0 ? exitCodes.productFailed : exitCodes.passed;
}

/** Measures the suite of a commit in a checkout of its own. */
async function suiteOf(ref: string, args: readonly string[]): Promise<Measured> {
  await using checkout = await CommitCheckout.of(ref);
  progress(`The suite of ${ref}, then the one of this checkout:`);
  return await measureSuite(checkout.folder, args);
}

function print({ wallSeconds, cpuSeconds, idleShare, peakBytes, phases, bars }: Measured): void {
  const total = sum(cpuSeconds.map(([, seconds]) => seconds));
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
    console.log(`  ${duration(end - start).padStart(11)}  ${title}`);
  }
}

/**
 * Both runs side by side. Builds are cached by content, so only one of the two may have made some: they are left out of
 * the CPU seconds, and the wall seconds are those of the tests. A kind of process that a run does not have counts as 0.
 */
export function comparison(measured: Measured, before: Measured, ref: string): string {
  const table = new Table({ head: ['what', ref, 'this', 'ratio'], style: { head: [], border: [] } });
  const row = (what: string, of: (one: Measured) => number, digits = 1): void => {
    table.push([what, of(before).toFixed(digits), of(measured).toFixed(digits), ratio(of(measured), of(before))]);
  };
  const cpu = (one: Measured): number => cpuOf(one) - cpuOf(one, 'builds');
  row('tests', ({ bars }) => bars.length, 0);
  row('passed', ({ bars }) => bars.filter(({ status }) => status === 'passed').length, 0);
  row('wall seconds', wallOfTests);
  row('CPU seconds', cpu);
  const kinds = new Set([...measured.cpuSeconds, ...before.cpuSeconds].map(([kind]) => kind));
  for (const kind of kinds.difference(new Set(['builds']))) row(`  ${kind}`, (one) => cpuOf(one, kind));
  row('wall seconds of a test', (one) => wallOfTests(one) / one.bars.length, 2);
  row('CPU seconds of a test', (one) => cpu(one) / one.bars.length, 2);
  return table.toString();
}

/** CPU seconds of all processes, or of one kind. */
const cpuOf = ({ cpuSeconds }: Measured, only?: string): number =>
  sum(cpuSeconds.flatMap(([kind, seconds]) => (only === undefined || kind === only ? seconds : [])));

const wallOfTests = ({ phases }: Measured): number =>
  sum(phases.flatMap(({ name, start, end }) => (name === 'tests' ? end - start : []))) / 1000;
