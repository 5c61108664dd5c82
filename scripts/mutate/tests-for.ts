import type { Mutant } from '../../fleet/build/mutants.ts';
import type { Candidate } from './all-mutants.ts';
import type { CoveredTest, SpecCoverage } from './coverage-of.ts';

/**
 * Whether a running pod can switch to a mutant. What is reached when a pod starts, or may be, is not reached again.
 */
export const isSwitched = (
  { mutant: { id }, family, ownBuild }: Candidate,
  { start, known }: Pick<SpecCoverage, 'start' | 'known'>,
): boolean => family === 'source' && !ownBuild && known.includes(id) && !start.includes(id);

/**
 * The tests of the suite that can notice a mutant. Code that runs when a pod starts, when an app is built or in a browser,
 * and code that has changed since the recording, has no coverage of its own: then it is the tests that reach code inside of the mutant, or in its file, or any code.
 * Empty: no test reaches it.
 */
export function testsFor(mutant: Mutant, { tests, start, known }: SpecCoverage, all: readonly Mutant[]): CoveredTest[] {
  const reaching = (mutants: readonly Mutant[]): CoveredTest[] => {
    const ids = new Set(mutants.map(({ id }) => id));
    return tests.filter(({ reached }) => reached.some((id) => ids.has(id)));
  };
  const itself = reaching([mutant]);
  const isRecorded = itself.length > 0 && !start.includes(mutant.id);
  const isRecordedFile = reaching(inFile(mutant, all)).length > 0;
  const isUnreached = itself.length === 0 && !start.includes(mutant.id) && known.includes(mutant.id) && isRecordedFile;
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
 * Tests in the order in which they are tried. First those that have killed most mutants of the same file; then by turns
 * the test that is closest to the file, and the shortest. Most mutants die in the first attempt.
 * @param kills by place: how many mutants of the file the test has killed.
 * @param closeness of {@link closenessTo} the file.
 * @param most how many tests in all.
 */
export function attempts(
  tests: readonly CoveredTest[],
  { kills, closeness, most = Infinity }: { kills: Counts; closeness: Counts; most?: number | undefined },
): string[][] {
  const by = (counts: Counts) =>
    tests.toSorted((a, b) => (counts.get(b.place) ?? 0) - (counts.get(a.place) ?? 0) || a.duration - b.duration);
  const killers = by(kills).filter(({ place }) => kills.has(place));
  const close = by(closeness);
  const turns = by(new Map()).flatMap((short, index) => [close[index] ?? short, short]);
  const order = [...new Set([...killers, ...turns].map(({ place }) => place))].slice(0, most);
  return [order.slice(0, firstTests), order.slice(firstTests)].filter((places) => places.length > 0);
}

type Counts = ReadonlyMap<string, number>;

/**
 * How close each test is to a file, by place: it is the closer, the more of the file's mutants it reaches that few others
 * do. Every signed-in person reaches most of the session code; the tests of a special case are those that check it.
 */
export function closenessTo(file: string, { tests }: SpecCoverage, all: readonly Mutant[]): Map<string, number> {
  const ids = new Set(all.filter((mutant) => mutant.file === file).map(({ id }) => id));
  const reached = tests.map(({ place, reached }) => ({ place, its: reached.filter((id) => ids.has(id)) }));
  const times = new Map<string, number>();
  for (const id of reached.flatMap(({ its }) => its)) times.set(id, (times.get(id) ?? 0) + 1);
  return new Map(reached.map(({ place, its }) => [place, its.reduce((sum, id) => sum + 1 / (times.get(id) ?? 1), 0)]));
}
