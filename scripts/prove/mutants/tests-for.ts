import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedTest } from '../../../e2e/report/outcome.ts';
import type { Mutant } from '../../../fleet/build/mutants.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import type { Regression } from '../../../fixtures/regression.ts';
import { testPlace, type Reach, type ReachingTest } from './reach.ts';

/** For a test, the lines of a mutant's file that regressions which it claims change. */
export type ClaimedLines = (test: string) => readonly number[];

/** @param tests of the suite, whose tags are names of regressions. @param file by its path in the repository. */
export function claimedLinesIn(
  file: string,
  tests: readonly ListedTest[],
  regressions: readonly Pick<Regression, 'name' | 'change'>[],
): ClaimedLines {
  const content = readFileSync(join(repositoryRoot, file), 'utf8');
  const linesOf = ({ change }: Pick<Regression, 'change'>): number[] =>
    (change.sources ?? [])
      .flatMap((edit) => (edit.file === file && 'find' in edit ? [edit.find] : []))
      .map((find) => content.slice(0, content.indexOf(find)).split('\n').length);
  const byName = new Map(regressions.map((regression) => [regression.name, linesOf(regression)]));
  const byTest = Map.groupBy(tests, testPlace);
  return (test) => (byTest.get(test) ?? []).flatMap(({ tags }) => tags.flatMap((tag) => byName.get(tag) ?? []));
}

/**
 * The tests that can notice a mutant, the likeliest first: those that reach it. When none does, as with code that runs when
 * a pod starts or in a browser, they are those that reach its file, or all.
 * @param inFile the ids of all mutants of its file.
 */
export function testsFor(
  { id, start }: Pick<Mutant, 'id' | 'start'>,
  inFile: ReadonlySet<string>,
  { tests }: Reach,
  claimedLines: ClaimedLines,
): ReachingTest[] {
  const reachingFile = tests.filter(({ mutants }) => mutants.some((each) => inFile.has(each)));
  const reaching = reachingFile.filter(({ mutants }) => mutants.includes(id));
  const found = [reaching, reachingFile].find((some) => some.length > 0) ?? tests;
  // First by how near to it a test is known to notice a fault. Each signed-in test reaches most of the session code, so a
  // test counts more for what few others reach. Of two the shorter one comes first.
  const reachedBy = Map.groupBy(
    found.flatMap(({ mutants }) => mutants.filter((each) => inFile.has(each))),
    (each) => each,
  );
  const distanceOf = ({ test }: ReachingTest) =>
    Math.min(Number.MAX_VALUE, ...claimedLines(test).map((line) => Math.abs(line - start.line)));
  const weightOf = ({ mutants }: ReachingTest) =>
    mutants.reduce((sum, each) => sum + (inFile.has(each) ? 1 / (reachedBy.get(each)?.length ?? 1) : 0), 0);
  return found
    .map((test) => ({ test, distance: distanceOf(test), weight: weightOf(test) }))
    .toSorted((a, b) => a.distance - b.distance || b.weight - a.weight || a.test.ms - b.test.ms)
    .map(({ test }) => test);
}
