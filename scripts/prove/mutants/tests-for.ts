import type { Mutant } from '../../../fleet/build/mutants.ts';
import type { Reach, ReachingTest } from './reach.ts';

/**
 * The tests that can notice a mutant, the likeliest first: those that reach it. When none does, as with code that runs when
 * a pod starts or in a browser, they are those that reach its file, or all.
 * @param inFile the ids of all mutants of its file.
 */
export function testsFor({ id }: Pick<Mutant, 'id'>, inFile: ReadonlySet<string>, { tests }: Reach): ReachingTest[] {
  const reachingFile = tests.filter(({ mutants }) => mutants.some((each) => inFile.has(each)));
  const reaching = reachingFile.filter(({ mutants }) => mutants.includes(id));
  const found = [reaching, reachingFile].find((some) => some.length > 0) ?? tests;
  // Each signed-in test reaches most of the session code, so a test counts more for what few others reach. Of two the
  // shorter one comes first.
  const reachedBy = Map.groupBy(
    found.flatMap(({ mutants }) => mutants.filter((each) => inFile.has(each))),
    (each) => each,
  );
  const weightOf = ({ mutants }: ReachingTest) =>
    mutants.reduce((sum, each) => sum + (inFile.has(each) ? 1 / (reachedBy.get(each)?.length ?? 1) : 0), 0);
  return found
    .map((test) => ({ test, weight: weightOf(test) }))
    .toSorted((a, b) => b.weight - a.weight || a.test.ms - b.test.ms)
    .map(({ test }) => test);
}
