import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { listedTests } from '../runner/listed-tests.ts';

/**
 * The regressions that a change since a commit may affect: their own entry, a spec that catches them (with everything it
 * imports), a product file that they change, or a manifest when they change manifests or environment.
 * @throws HarnessError when git does not know the commit.
 */
export async function changedSince(ref: string, regressions: readonly Regression[]): Promise<Regression[]> {
  const commit = await commitOf(ref);
  const [files, tests] = await Promise.all([filesDiffering(commit), listedTests([`--only-changed=${commit}`])]);
  const areas = [...files].filter((file) => file.startsWith('fixtures/regressions/'));
  const entries = (await Promise.all(areas.map((file) => entriesDiffering(commit, file)))).flat();
  return affected(regressions, { files, specs: new Set(tests.map(({ spec }) => spec)), entries: new Set(entries) });
}

/** @param changed files by their path in the repository, specs below `e2e/` that import one of them, and entries. */
export function affected(
  regressions: readonly Regression[],
  changed: { files: ReadonlySet<string>; specs: ReadonlySet<string>; entries: ReadonlySet<string> },
): Regression[] {
  const manifests = [...changed.files].some((file) => /^fleet\/(apps|e2e)\//.test(file));
  return regressions.filter(
    ({ name, caughtBy, change }) =>
      changed.entries.has(name) ||
      Object.keys(caughtBy).some((spec) => changed.specs.has(spec)) ||
      [...(change.sources ?? []), ...(change.release ?? [])].some(({ file }) => changed.files.has(file)) ||
      (manifests && (change.manifests !== undefined || change.env !== undefined)),
  );
}

/** The regressions of a file that are new, or written differently than at a commit. */
async function entriesDiffering(commit: string, file: string): Promise<string[]> {
  const path = join(repositoryRoot, file);
  if (!existsSync(path)) return [];
  const before = entriesIn(await git('show', `${commit}:${file}`).catch(() => ''));
  const now = entriesIn(readFileSync(path, 'utf8'));
  return [...now].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
}

/** The entries in the source of an area, by name. It has the format of Prettier. */
export const entriesIn = (source: string): Map<string, string> =>
  new Map(
    [...source.matchAll(/^ {2}'?([\w-]+)'?: \{\n([^]*?)\n {2}\},$/gm)].map(([, name = '', text = '']) => [name, text]),
  );

/** Files that differ from a commit, also in the working tree, and files that git does not know yet. */
async function filesDiffering(commit: string): Promise<Set<string>> {
  const [differing, untracked] = await Promise.all([
    git('diff', '--name-only', '-z', commit, '--'),
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
async function commitOf(ref: string): Promise<string> {
  const hash = await git('rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`).catch(() => '');
  if (hash !== '') return hash.trim();
  throw new HarnessError(`git knows no commit "${ref}" here. See: git log --oneline`);
}
