import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import type { RunRecord } from '../../e2e/reporters/verdict.ts';

/** One run of the suite in the order of a seed. */
export interface SoakRun extends RunRecord {
  seed: number;
  seconds: number;
}

/** A test that failed in some of the runs, or in all. */
export interface FlakyTest {
  spec: string;
  title: string;
  /** The seeds of the runs in which it failed, and the first line of its error. */
  failures: Array<{ seed: number; message: string }>;
  runs: number;
}

/** The tests that failed at least once, the most frequent first. */
export function flakyTests(runs: readonly SoakRun[]): FlakyTest[] {
  const key = ({ spec, title }: TestOutcome): string => `${spec}: ${title}`;
  const failed = runs.flatMap(({ seed, tests }) =>
    tests.filter(({ status }) => status === 'failed').map((test) => ({ seed, test })),
  );
  return [...Map.groupBy(failed, ({ test }) => key(test)).values()]
    .map((its) => ({
      spec: its[0]?.test.spec ?? '',
      title: its[0]?.test.title ?? '',
      failures: its.map(({ seed, test }) => ({ seed, message: test.message.split('\n')[0] ?? '' })),
      runs: runs.length,
    }))
    .toSorted((a, b) => b.failures.length - a.failures.length);
}

/** Lines for the terminal: the test, how often it failed, and with which seeds. */
export const describeFlaky = (tests: readonly FlakyTest[]): string[] =>
  tests.flatMap(({ spec, title, failures, runs }) => [
    `e2e/${spec}: "${title}" failed in ${failures.length} of ${runs} runs`,
    ...failures.map(({ seed, message }) => `  seed ${seed}: ${message}`),
  ]);
