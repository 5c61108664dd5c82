import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Regression } from '../../fixtures/regression.ts';
import type { ListedTest } from '../../e2e/report/outcome.ts';
import { specFiles, specsByFile } from './spec-filters.ts';

/**
 * The regressions that a change since a commit may affect: by the file of their area, a spec that catches them
 * (with everything it imports), a product file that they change, or a manifest when they change manifests or environment.
 * @throws HarnessError when git does not know the commit.
 */
export async function changedSince(ref: string, regressions: readonly Regression[]): Promise<Regression[]> {
  const [files, specsOf] = await Promise.all([commitOf(ref).then(filesSince), specsByFile(specFiles())]);
  return affected(regressions, { files, specs: new Set(specsOf([...files]).map(belowE2e)) });
}

/** @param changed files by their path in the repository, and specs below `e2e/` that import one of them. */
export function affected(
  regressions: readonly Regression[],
  { files, specs }: { files: ReadonlySet<string>; specs: ReadonlySet<string> },
): Regression[] {
  return regressions.filter(
    (regression) =>
      files.has(`fixtures/regressions/${regression.area}.ts`) ||
      Object.keys(regression.caughtBy).some((spec) => specs.has(spec)) ||
      [...files].some((file) => isEditedBy(regression, file)),
  );
}

/** Whether a regression edits this file, or for a manifest, any manifest or variable of a Deployment. */
const isEditedBy = ({ change }: Regression, file: string): boolean =>
  [...(change.sources ?? []), ...(change.release ?? [])].some((edit) => edit.file === file) ||
  (/^fleet\/(apps|e2e)\//.test(file) && (change.manifests !== undefined || change.env !== undefined));

const belowE2e = (path: string): string => path.replace(/^e2e\//, '');

/** As many files as a reader wants to see by name. */
const mostNamed = 5;

/**
 * A test runs after a change when its spec imports the file, or when it claims a regression that edits the file. Of an app,
 * a file that no regression edits may matter to every test: each runs on a fleet with all apps.
 */
interface Reached<T> {
  tests: T[];
  /** A line for each changed file that a test reaches, and one for the others. */
  why: string[];
  /** Whether these are all that could notice the change, as far as anybody knows. */
  isWhole: boolean;
}

/** What no test of the suite runs or reads. */
const notTested = /\.(?:md|png|test\.ts)$|^docs\/|^\.github\//;

/** The tests that may notice a change of these files. @param specsOf the specs that are or import some of them. */
export function reachedBy<T extends Pick<ListedTest, 'spec' | 'tags'>>(
  tests: readonly T[],
  files: readonly string[],
  specsOf: (files: readonly string[]) => readonly string[],
  regressions: readonly Regression[],
): Reached<T> {
  const reached = new Set<T>();
  const why: string[] = [];
  const unreached: string[] = [];
  for (const file of files) {
    const specs = new Set(specsOf([file]).map(belowE2e));
    const names = regressions.filter((regression) => isEditedBy(regression, file)).map(({ name }) => name);
    const importing = tests.filter(({ spec }) => specs.has(spec));
    const claiming = tests.filter(({ tags }) => tags.some((tag) => names.includes(tag)));
    const using = file.startsWith('apps/') && !notTested.test(file) && names.length === 0 ? tests : [];
    for (const test of [...importing, ...claiming, ...using]) reached.add(test);
    const its = [
      ...(importing.length > 0 ? [`${importing.length} tests of ${specs.size} specs that are it or import it`] : []),
      ...(claiming.length > 0 ? [`${claiming.length} tests of ${names.length} regressions that change it`] : []),
      ...(using.length > 0 ? [`all ${using.length} tests, which use the apps: no regression changes it`] : []),
    ];
    if (its.length > 0) why.push(`${file}: ${its.join(', and ')}`);
    else unreached.push(file);
  }
  const untested = unreached.filter((file) => notTested.test(file));
  const unknown = unreached.filter((file) => !notTested.test(file));
  why.push(...named('No test reaches', untested), ...named('It is not known which tests reach', unknown));
  return { tests: tests.filter((test) => reached.has(test)), why, isWhole: unknown.length === 0 };
}

function named(what: string, files: readonly string[]): string[] {
  const more = files.length - mostNamed;
  const names = [...files.slice(0, mostNamed), ...(more > 0 ? [`${more} more files`] : [])];
  return names.length > 0 ? [`${what} ${names.join(', ')}.`] : [];
}

/** Arguments for the runner that select the tests which claim one of these regressions, in the files that these name. */
export const claiming = (regressions: readonly Regression[]): string[] =>
  regressions.length === 0
    ? []
    : [
        ...new Set(regressions.flatMap(({ caughtBy }) => Object.keys(caughtBy).map((spec) => `e2e/${spec}`))),
        '--grep',
        // A tag may be a prefix of another tag.
        regressions.map(({ name }) => `@${name}(?![\\w-])`).join('|'),
      ];

/**
 * {@link reachedBy} for what differs from a commit, of all files or only of these.
 * @throws HarnessError when git does not know the commit.
 */
export async function reachedSince<T extends ListedTest>(
  ref: string,
  tests: readonly T[],
  regressions: readonly Regression[],
  only?: readonly string[],
): Promise<Reached<T>> {
  const [files, specsOf] = await Promise.all([only ?? commitOf(ref).then(filesSince), specsByFile(specFiles())]);
  return reachedBy(tests, [...files].toSorted(), specsOf, regressions);
}

/** Files that differ from a commit, also in the working tree, and files that git does not know yet. */
async function filesSince(commit: string): Promise<Set<string>> {
  const [differing, untracked] = await Promise.all([
    git('diff', '--name-only', '--no-renames', '-z', commit, '--'),
    git('ls-files', '--others', '--exclude-standard', '-z'),
  ]);
  return new Set([differing, untracked].flatMap((list) => list.split('\0').filter(Boolean)));
}

/** What git prints in this repository. @throws HarnessError with git's first line when it fails. */
async function git(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram('git', args, { cwd: repositoryRoot });
  if (code === 0) return stdout;
  throw new HarnessError(`git ${args[0]} failed: ${stderr.trim().split('\n')[0]}`);
}

/** The full hash of a commit. A name that looks like an option is none to git. @throws HarnessError when there is none. */
export async function commitOf(ref: string): Promise<string> {
  const hash = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(() => '');
  if (hash !== '') return hash.trim();
  throw new HarnessError(`git knows no commit "${ref}" here. See: git log --oneline`);
}
