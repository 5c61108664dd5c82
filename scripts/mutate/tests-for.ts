import type { Mutant } from '../../fleet/build/mutants.ts';
import type { CoveredTest, SpecCoverage } from './spec-coverage.ts';

/**
 * The tests of the suite that can notice a mutant. Code that runs when a pod starts, when an app is built or in a browser
 * has no coverage of its own: then it is the tests that reach code inside of the mutant, or in its file, or any code.
 * Empty: no test reaches it.
 */
export function testsFor(mutant: Mutant, { tests, start }: SpecCoverage, all: readonly Mutant[]): CoveredTest[] {
  const reaching = (mutants: readonly Mutant[]): CoveredTest[] => {
    const ids = new Set(mutants.map(({ id }) => id));
    return tests.filter(({ reached }) => reached.some((id) => ids.has(id)));
  };
  const itself = reaching([mutant]);
  const isRecorded = itself.length > 0 && !start.includes(mutant.id);
  const isUnreached = itself.length === 0 && !start.includes(mutant.id) && reaching(inFile(mutant, all)).length > 0;
  if (isRecorded || isUnreached) return itself;
  const within = inFile(mutant, all).filter((other) => isInside(other, mutant));
  for (const candidates of [within, inFile(mutant, all), all]) {
    const found = reaching(candidates);
    if (found.length > 0) return found;
  }
  return [];
}

const inFile = ({ file }: Mutant, all: readonly Mutant[]): Mutant[] => all.filter((other) => other.file === file);

const isInside = (inner: Mutant, outer: Mutant): boolean =>
  inner.id !== outer.id && comesBefore(outer.start, inner.start) && comesBefore(inner.end, outer.end);

const comesBefore = (a: Mutant['start'], b: Mutant['start']): boolean =>
  a.line < b.line || (a.line === b.line && a.column <= b.column);

/** How many tests the first attempt has. A start of the test runner takes as long as two of them. */
const firstTests = 6;

/**
 * Tests in the order in which they are tried: those first that have killed most mutants of the same file, then the
 * shortest of each spec file, and so on. Most mutants die in the first attempt.
 * @param kills by place: how many mutants of the file the test has killed.
 * @param most how many tests in all.
 */
export function attempts(
  tests: readonly CoveredTest[],
  kills: ReadonlyMap<string, number>,
  most = Infinity,
): string[][] {
  const bySpec = Map.groupBy(
    tests.toSorted((a, b) => a.duration - b.duration),
    ({ place }) => place.split(':')[0],
  );
  const order = [...bySpec.values()]
    .flatMap((its) => its.map((test, nth) => ({ ...test, nth, kills: kills.get(test.place) ?? 0 })))
    .toSorted((a, b) => b.kills - a.kills || a.nth - b.nth || a.duration - b.duration)
    .map(({ place }) => place)
    .slice(0, most);
  return [order.slice(0, firstTests), order.slice(firstTests)].filter((places) => places.length > 0);
}
