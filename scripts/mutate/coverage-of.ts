import type { TestOutcome } from '../../e2e/reporters/outcome.ts';
import type { RunRecord } from '../../e2e/reporters/verdict.ts';

/** A test of the suite, by the place of its `test()` call: `session/store.spec.ts:12`. */
export interface CoveredTest {
  place: string;
  /** How long it took, in milliseconds. */
  duration: number;
  /** Ids of the mutants that its requests reached. */
  reached: string[];
}

/** What the suite reaches on a fleet without an active mutant. */
export interface SpecCoverage {
  tests: CoveredTest[];
  /** Ids of the mutants that are reached when a pod starts, whatever test runs. */
  start: string[];
  /** Ids of the mutants that there were. Others are of code that has changed since. */
  known: string[];
}

/**
 * Assigns what the pods wrote to the tests that ran at that time.
 * @param logs by the id of the run: lines of `start` or a time in milliseconds, and the mutants reached until then.
 * @param workers the ids of the workers' runs. Another run is a variant, which may be of any test at that time.
 */
export function coverageOf(
  { tests }: Pick<RunRecord, 'tests'>,
  logs: ReadonlyMap<string, string>,
  workers: readonly string[],
): Omit<SpecCoverage, 'known'> {
  const start = new Set<string>();
  const places = new Map<string, { duration: number; reached: Set<string>; red: boolean }>();
  for (const test of tests.filter(({ status }) => status !== 'skipped')) {
    const place = placeOf(test);
    const its = places.get(place) ?? { duration: 0, reached: new Set(), red: false };
    its.duration += durationOf(test);
    its.red ||= test.status === 'failed';
    places.set(place, its);
  }
  for (const [runId, log] of logs) {
    const worker = workers.indexOf(runId);
    const possible = tests.filter(({ ran }) => ran && (worker === -1 || ran.worker === worker));
    for (const line of log.split('\n').filter(Boolean)) {
      const [time = '', ...reached] = line.split(' ');
      if (time === 'start') for (const id of reached) start.add(id);
      const during = possible.filter((test) => isDuring(test, Number(time)));
      for (const test of during) for (const id of reached) places.get(placeOf(test))?.reached.add(id);
    }
  }
  const green = [...places].filter(([, { red }]) => !red);
  return {
    tests: green.map(([place, { duration, reached }]) => ({ place, duration, reached: [...reached] })),
    start: [...start],
  };
}

const placeOf = ({ spec, line }: TestOutcome): string => `${spec}:${line}`;

const durationOf = ({ ran, endedAt }: TestOutcome): number => (ran ? endedAt - ran.startedAt : 0);

/** Milliseconds that pods may take to write. */
const delayMs = 300;

const isDuring = ({ ran, endedAt }: TestOutcome, time: number): boolean =>
  ran !== undefined && time >= ran.startedAt && time <= endedAt + delayMs;
