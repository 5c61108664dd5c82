import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ListedTest } from '../../e2e/report/outcome.ts';
import { instrument, isMutated } from '../../fleet/build/mutants.ts';
import { cacheDirectory, repositoryRoot } from '../../fleet/root.ts';
import { readJson } from '../../e2e/report/read-json.ts';

/** Where `prove --mutants` keeps what it has recorded. */
export const reachFile = join(cacheDirectory, 'reach', 'mutants.json');

/** Which test reaches which mutants of the apps, on a fleet without a change. */
export interface Reach {
  /** A hash of each spec file that was recorded. */
  specs: Record<string, string>;
  /**
   * The green tests by the place of their `test()` call (`session/store.spec.ts:12`), and the ids of the mutants that
   * their requests reach. What a pod reaches when it starts is not in it.
   */
  tests: Array<{ test: string; ms: number; mutants: string[] }>;
}

export type ReachingTest = Reach['tests'][number];

export const keptReach = (): Reach => readJson<Reach>(reachFile, `rm ${reachFile}`) ?? { specs: {}, tests: [] };

export const hashOf = (spec: string): string => hash('sha256', readFileSync(join(repositoryRoot, 'e2e', spec)));

/** Tests in a loop share their place. */
export const testPlace = ({ spec, line }: Pick<ListedTest, 'spec' | 'line'>): string => `${spec}:${line}`;

/** The lines of a file before a change, from 1, both included. */
export type Lines = readonly [from: number, to: number];

/** The lines that a diff without context (`git diff -U0`) removes; of an insertion, those around it. */
export const linesIn = (diff: string): Lines[] =>
  [...diff.matchAll(/^@@ -(\d+)(?:,(\d+))? /gm)].map(([, start, count = '1']) => {
    const [from, length] = [Number(start), Number(count)];
    return length === 0 ? [from, from + 1] : [from, from + length - 1];
  });

/**
 * Which tests reached these lines of a product file, or a function that they are in; none when nothing was recorded, or the
 * file is not server code. What the recording does not know counts as reached: a test that was not green in it or whose
 * spec has changed, and code of which no line is in it, as what runs when a pod starts. A new file is reached by what uses it.
 * @param change the content of the file before the change, empty for a new one, and the lines that it changes.
 */
export async function reaching(
  file: string,
  change: () => Promise<{ before: string; lines: readonly Lines[] }>,
  { reach, hashOfSpec = hashOf }: { reach: Reach; hashOfSpec?: (spec: string) => string },
): Promise<(test: Pick<ListedTest, 'spec' | 'line'>) => boolean> {
  if (!isMutated(file) || reach.tests.length === 0) return () => false;
  const { before, lines } = await change();
  if (before === '') return () => false;
  const known = new Set(reach.tests.flatMap(({ mutants }) => mutants));
  const recorded = (await instrument(file, before)).mutants.filter(({ id }) => known.has(id));
  const inLines = ([from, to]: Lines) => recorded.filter(({ start, end }) => start.line <= to && end.line >= from);
  const ids = new Set(lines.flatMap((its) => (inLines(its).length > 0 ? inLines(its) : recorded).map(({ id }) => id)));
  const reached = new Map(
    reach.tests.map(({ test, mutants }) => [test, ids.size === 0 || mutants.some((id) => ids.has(id))]),
  );
  return (test) => reach.specs[test.spec] !== hashOfSpec(test.spec) || (reached.get(testPlace(test)) ?? true);
}
