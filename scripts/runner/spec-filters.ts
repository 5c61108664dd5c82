import { existsSync, globSync } from 'node:fs';
import { join, relative } from 'node:path';
import { notInTheSuite } from '../../e2e/spec-files.ts';
import { bundleOf } from '../../fleet/build/bundle.ts';
import { didYouMean } from '../../fleet/did-you-mean.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { fromCallersFolder } from '../command/command-line.ts';

/** Every spec of the suite, relative to the repository. */
export const specFiles = (): string[] =>
  globSync('e2e/**/*.spec.ts', { cwd: repositoryRoot })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !notInTheSuite.includes(file.replace(/^e2e\//, '')))
    .toSorted();

/**
 * The arguments that name specs, as Playwright takes them: each is a regular expression for the path, with a line or
 * without. A path in the caller's folder becomes one below the repository.
 * @throws HarnessError for each that selects no spec, with those that it may mean.
 */
export function specFilters(args: readonly string[], known: readonly string[] = specFiles()): string[] {
  if (args.includes(''))
    throw new HarnessError('The name of a spec is empty, which would select every spec. Name one, or leave it out.');
  const filters = args.map(belowRoot);
  const wrong = filters.filter((filter) => !known.some((file) => matches(filter, file)));
  if (wrong.length === 0) return filters;
  const names = known.map((file) => file.replace(/^e2e\/|\.spec\.ts$/g, ''));
  throw new HarnessError(
    wrong
      .map((filter) => `No spec below e2e/ matches "${filter}". ${didYouMean(nameIn(filter), names, listCommand)}`)
      .join('\n'),
  );
}

const listCommand = 'npm run e2e -- --list';

/** The specs that these filters select; without filters, all of them. */
export const specsFor = (filters: readonly string[], known: readonly string[] = specFiles()): string[] =>
  filters.length === 0 ? [...known] : known.filter((file) => filters.some((filter) => matches(filter, file)));

const withLine = /^(.*?):(\d+)(?::\d+)?$/;
const pathIn = (filter: string): string => withLine.exec(filter)?.[1] ?? filter;
const nameIn = (filter: string): string => pathIn(filter).replace(/^e2e\/|\.spec\.ts$/g, '');

function belowRoot(argument: string): string {
  const path = pathIn(argument);
  const absolute = fromCallersFolder(path);
  if (path === '' || !existsSync(absolute)) return argument;
  return `${relative(repositoryRoot, absolute) || 'e2e'}${argument.slice(path.length)}`;
}

function matches(filter: string, file: string): boolean {
  try {
    return new RegExp(pathIn(filter), 'i').test(join(repositoryRoot, file));
  } catch (cause) {
    throw new HarnessError(
      `"${filter}" is no regular expression (${(cause as Error).message}). Name a file or folder below e2e/.`,
      { cause },
    );
  }
}

/** Finds the specs that are or import one of some files, directly or not. @throws HarnessError for what does not parse. */
export async function specsByFile(specs: readonly string[]): Promise<(files: readonly string[]) => string[]> {
  const { importers } = await bundleOf(specs);
  return (files) => {
    const reached = new Set(files);
    for (const file of reached) for (const importer of importers.get(file) ?? []) reached.add(importer);
    return specs.filter((spec) => reached.has(spec));
  };
}
