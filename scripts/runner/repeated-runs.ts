import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { duration } from '../../fleet/duration.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { exitCodeOfRun } from './runner.ts';

/** Relative to the repository; each run has a folder of its number in it. */
const repeatedReports = 'reports/runs';

export interface RepeatedRuns {
  runs: number;
  /** The seed of the first run, and each run adds one; true: a random one; without it all have the usual order. */
  shuffle?: number | true;
  runOnce: (run: { shuffle?: number; reports: string }) => Promise<RunRecord>;
}

/** Runs the suite several times, and names the tests that failed in any of the runs. @returns the exit code of all. */
export async function runRepeatedly({ runs: wanted, shuffle, runOnce }: RepeatedRuns): Promise<number> {
  const folder = join(repositoryRoot, repeatedReports);
  const first = shuffle === true ? Math.floor(Math.random() * 1_000_000) + 1 : shuffle;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder).filter((entry) => /^\d+$/.test(entry)))
    rmSync(join(folder, name), { recursive: true });
  const done: RunRecord[] = [];
  const nameOf = (index: number): string => (first === undefined ? `run ${index + 1}` : `--shuffle ${first + index}`);
  try {
    while (done.length < wanted) {
      interruption.throwIfAborted();
      const begin = performance.now();
      const record = await runOnce({
        reports: join(repeatedReports, String(done.length + 1)),
        ...(first === undefined ? {} : { shuffle: first + done.length }),
      });
      done.push(record);
      const { passed, failed, skipped, errors, unexpectedSkips } = record;
      progress(
        `[${done.length}/${wanted}] ${nameOf(done.length - 1)}: ${passed} passed, ${failed} failed, ` +
          `${skipped} skipped in ${duration(performance.now() - begin)}`,
      );
      for (const fault of [...errors, ...unexpectedSkips]) progress(`  ${fault.split('\n')[0]}`);
    }
  } finally {
    for (const line of describeRuns(done, { wanted, nameOf })) console.log(line);
    console.log(`Reports: ${repeatedReports}/<number of the run>/run.html`);
  }
  return exitCodeOfAll(done);
}

/** Each test that failed with its runs, the most frequent first; then how many runs passed and were left out. */
export function describeRuns(
  runs: readonly RunRecord[],
  { wanted, nameOf }: { wanted: number; nameOf: (index: number) => string },
): string[] {
  const failures = runs.flatMap(({ tests }, index) =>
    tests
      .filter(({ status }) => status === 'failed')
      .map(({ spec, title, message }) => ({
        test: `e2e/${spec}: "${title}"`,
        how: `  ${nameOf(index)}: ${message.split('\n')[0]}`,
      })),
  );
  const byTest = [...Map.groupBy(failures, ({ test }) => test)].toSorted(([, a], [, b]) => b.length - a.length);
  const left = wanted - runs.length;
  const passed = runs.filter((run) => exitCodeOfRun(run) === exitCodes.passed).length;
  return [
    ...byTest.flatMap(([test, its]) => [
      `${test} failed in ${its.length} of ${runs.length} runs`,
      ...its.map(({ how }) => how),
    ]),
    '',
    ...(left > 0 ? [`Not complete: ${left} of ${wanted} runs were not made.`] : []),
    `${passed} of ${runs.length} runs passed, ${byTest.length} tests failed at least once.`,
  ];
}

/** The exit code of the most telling of the runs. */
export function exitCodeOfAll(runs: readonly RunRecord[]): number {
  const codes = new Set(runs.map(exitCodeOfRun));
  const worstFirst = [exitCodes.productFailed, exitCodes.harnessFailed, exitCodes.cannotRunHere];
  return worstFirst.find((code) => codes.has(code)) ?? exitCodes.passed;
}
