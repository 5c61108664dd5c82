import type { Reach, ReachingTest } from './reach.ts';

/**
 * The tests that can notice a change in a function, the likeliest first: those that reach the function. When none does,
 * as with code that runs when a pod starts or in a browser, they are those that reach its file, or all.
 * @param name `file#function`.
 */
export function testsFor(name: string, { tests }: Reach): ReachingTest[] {
  const file = fileOf(name);
  const reachingFile = tests.filter(({ functions }) => functions.some((each) => fileOf(each) === file));
  const reaching = reachingFile.filter(({ functions }) => functions.includes(name));
  const found = [reaching, reachingFile].find((some) => some.length > 0) ?? tests;
  return likeliestFirst(found, file);
}

/**
 * Each signed-in test reaches most of the session code, so a test counts more for a function that few others reach. Of two
 * the shorter one comes first.
 */
function likeliestFirst(tests: readonly ReachingTest[], file: string): ReachingTest[] {
  const inFile = ({ functions }: ReachingTest) => functions.filter((name) => fileOf(name) === file);
  const reachedBy = new Map<string, number>();
  for (const name of tests.flatMap(inFile)) reachedBy.set(name, (reachedBy.get(name) ?? 0) + 1);
  const weightOf = (test: ReachingTest) => inFile(test).reduce((sum, name) => sum + 1 / (reachedBy.get(name) ?? 1), 0);
  return tests
    .map((test) => ({ test, weight: weightOf(test) }))
    .toSorted((a, b) => b.weight - a.weight || a.test.ms - b.test.ms)
    .map(({ test }) => test);
}

const fileOf = (name: string): string => name.split('#')[0] ?? '';
