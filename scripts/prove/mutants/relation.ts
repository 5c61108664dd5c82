import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ListedTest } from '../../../e2e/report/outcome.ts';
import type { Mutant } from '../../../fleet/build/mutants.ts';
import { repositoryRoot } from '../../../fleet/root.ts';
import { testPlace } from './reach.ts';

/** For a test, how much its spec, title and tags say about a mutant. */
type Relation = (test: string) => number;

/** Words of code or prose, without the ends of plurals. */
const wordsIn = (text: string): Set<string> =>
  new Set(
    text
      .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase()
      .match(/[a-z]{3,}/g)
      ?.map((word) => word.replace(/s$/, '')),
  );

/** The lines around a line up to blank ones: a function with the comment above it, or a part of a longer one. */
const paragraphAt = (content: string, line: number): string => {
  const lines = content.split('\n');
  const isBlank = (each: string) => each.trim() === '';
  return lines
    .slice(lines.findLastIndex((each, index) => index < line - 1 && isBlank(each)) + 1)
    .join('\n')
    .split(/\n\s*\n/, 1)[0]!;
};

/** Scores a test by the words it shares with the mutant: rare ones count more, those of the changed line and the file twice. */
export function relationTo({ file, start }: Pick<Mutant, 'file' | 'start'>, tests: readonly ListedTest[]): Relation {
  const content = readFileSync(join(repositoryRoot, file), 'utf8');
  const about = [`${basename(file)} ${content.split('\n')[start.line - 1]}`, paragraphAt(content, start.line)].map(
    wordsIn,
  );
  const byTest = new Map(
    [...Map.groupBy(tests, testPlace)].map(([test, its]) => [
      test,
      wordsIn(its.map(({ spec, title, tags }) => `${spec} ${title} ${tags.join(' ')}`).join(' ')),
    ]),
  );
  const having = Map.groupBy(
    [...byTest.values()].flatMap((words) => [...words]),
    (word) => word,
  );
  const worth = (word: string) =>
    about.filter((words) => words.has(word)).length * Math.log(byTest.size / (having.get(word)?.length ?? 1)) ** 2;
  return (test) => {
    const words = [...(byTest.get(test) ?? [])];
    return words.reduce((sum, word) => sum + worth(word), 0) / Math.sqrt(words.length || 1);
  };
}
