import { join } from 'node:path';
import type { ListedTest, TestOutcome } from '../../e2e/report/outcome.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { readJson } from '../../e2e/report/read-json.ts';
import type { Shard } from '../command/command-line.ts';
import { writeJson } from './reports.ts';

type Test = Pick<ListedTest, 'spec' | 'title' | 'tags'>;

/** How long a test takes on a quiet machine, seconds; 0: it is skipped here. */
type SecondsOf = (test: Pick<ListedTest, 'spec' | 'title'>) => number;

/** By spec and title: seconds on a quiet machine, with the others beside it; 0: it was skipped. */
export type Durations = Record<string, Record<string, number>>;

/** Tests take another time on each engine, and some are skipped on one of them. */
const durationsFile = { local: 'e2e/durations.json', k3s: 'e2e/durations.k3s.json' } as const;
type MeasuredEngine = keyof typeof durationsFile;

export const isMeasured = (engine: string): engine is MeasuredEngine => engine in durationsFile;

/** A test that runs takes at least this long, in seconds. */
const least = 0.1;

/** The smallest value that is not below this share of them. */
export const percentile = (values: readonly number[], share: number): number | undefined =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];

/** The seconds of tests as they were measured last; of one that is new, the median of its file or else of all. */
export function measuredSeconds(durations: Durations = readDurations()): SecondsOf {
  const all = Object.values(durations).flatMap((its) => Object.values(its));
  return ({ spec, title }) =>
    durations[spec]?.[title] ?? percentile(Object.values(durations[spec] ?? {}), 0.5) ?? percentile(all, 0.5) ?? 1;
}

/** How long the tests took on an engine when they were measured last. */
export function readDurations(engine = 'local'): Durations {
  const file = durationsFile[isMeasured(engine) ? engine : 'local'];
  return readJson<Durations>(join(repositoryRoot, file), `git checkout ${file}`) ?? {};
}

/** How many tests these specs had when they were measured last; any number, if one was not. */
export const knownTests = (specs: readonly string[], durations = readDurations()): number =>
  specs.reduce((sum, spec) => sum + (durations[spec] ? Object.keys(durations[spec]).length : Infinity), 0);

/**
 * Keeps how long the tests of a whole run took: the mean of it and of what was known, so that one slow moment does not
 * decide the order. @param slowness how much slower the machine was than a quiet one.
 */
export function writeDurations(engine: MeasuredEngine, tests: readonly TestOutcome[], slowness: number): void {
  const known = readDurations(engine);
  const durations: Durations = {};
  const sorted = tests.toSorted((a, b) => `${a.spec} ${a.title}`.localeCompare(`${b.spec} ${b.title}`));
  for (const { spec, title, status, ran, endedAt } of sorted) {
    const seconds = ran && status !== 'skipped' ? Math.max(least, (endedAt - ran.startedAt) / 1_000 / slowness) : 0;
    const mean = seconds && (seconds + (known[spec]?.[title] || seconds)) / 2;
    (durations[spec] ??= {})[title] = Number(mean.toFixed(1));
  }
  writeJson(join(repositoryRoot, durationsFile[engine]), durations);
}

const longestFirst = <T extends Test>(tests: readonly T[], secondsOf: SecondsOf): T[] =>
  tests.toSorted((a, b) => secondsOf(b) - secondsOf(a));

/**
 * The order in which a fault is red soonest: next is always the test that claims most regressions for its seconds which
 * no earlier one claims. Those that add none come last, the longest first, so that no worker is left with one at the end.
 */
export function bestFirst<T extends Test>(tests: readonly T[], secondsOf: SecondsOf): T[] {
  const claimed = new Set<string>();
  const order = new Set<T>();
  const worth = (test: T): number =>
    secondsOf(test) === 0 ? 0 : test.tags.filter((tag) => !claimed.has(tag)).length / Math.max(least, secondsOf(test));
  const bestOfOthers = (): T | undefined => {
    const left = tests.filter((test) => !order.has(test)).map((test) => ({ test, worth: worth(test) }));
    return left.filter((each) => each.worth > 0).toSorted((a, b) => b.worth - a.worth)[0]?.test;
  };
  for (let best = bestOfOthers(); best; best = bestOfOthers()) {
    order.add(best);
    for (const tag of best.tags) claimed.add(tag);
  }
  const others = tests.filter((test) => !order.has(test));
  return [...order, ...longestFirst(others, secondsOf)];
}

/** When each test of a list ends, in seconds, if each starts on the first of these workers that is free. */
export function endsOf(tests: readonly Test[], secondsOf: SecondsOf, workers: number, within = Infinity) {
  const free = Array.from({ length: workers }, () => 0);
  return tests.map((test) => {
    const first = free.indexOf(Math.min(...free));
    const end = (free[first] ?? 0) + secondsOf(test);
    // One that would end too late is left out, and a shorter one after it may still fit.
    if (end <= within) free[first] = end;
    return end;
  });
}

/** Which tests of a list run, and in which order. */
export interface Sequencer {
  secondsOf: SecondsOf;
  /** One of several parts of nearly the same time. */
  shard<T extends Test>(tests: readonly T[], shard: Shard): T[];
  /** Those that end within a time, in seconds, when they start in order; without those that are skipped here. */
  fit<T extends Test>(tests: readonly T[], within: number): T[];
  /** {@link bestFirst}. */
  order<T extends Test>(tests: readonly T[]): T[];
}

/** @param workersFor how many run so many tests. @param slowness how much slower this machine is than a quiet one. */
export const sequencerOf = (
  secondsOf: SecondsOf,
  workersFor: (tests: number) => number,
  slowness: number,
): Sequencer => ({
  secondsOf,
  // Sorted by time, every n-th makes parts of nearly the same time.
  shard: (tests, shard) => shardOf(shard, longestFirst(tests, secondsOf)),
  fit: (tests, within) => {
    const inOrder = bestFirst(tests, secondsOf);
    const ends = endsOf(inOrder, secondsOf, workersFor(tests.length), within / slowness);
    return inOrder.filter((test, index) => secondsOf(test) > 0 && (ends[index] ?? 0) <= within / slowness);
  },
  order: (tests) => bestFirst(tests, secondsOf),
});

/** As many regressions as a reader wants to see by name. */
const mostNamed = 12;

/**
 * `2 of 9 tests, 3 of 4 regressions; not covered: memory-sessions.`
 * @param isNamed whether those that are not covered are named.
 */
export function coverage(
  chosen: readonly Test[],
  all: readonly Test[],
  secondsOf: SecondsOf,
  isNamed: boolean,
): string {
  const claims = (tests: readonly Test[]) =>
    new Set(tests.filter((test) => secondsOf(test) > 0).flatMap(({ tags }) => tags));
  const [covered, whole] = [claims(chosen), claims(all)];
  const missing = [...whole.difference(covered)].toSorted();
  const more = missing.length - mostNamed;
  const named = [...missing.slice(0, mostNamed), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return (
    `${chosen.length} of ${all.length} tests, ${covered.size} of ${whole.size} regressions` +
    `${isNamed && missing.length > 0 ? `; not covered: ${named}` : ''}.`
  );
}

/** Every n-th element, so that what is alike and close together is spread over the parts. */
export const shardOf = <Element>({ index, count }: Shard, list: readonly Element[]): Element[] =>
  list.filter((_, position) => position % count === index - 1);
