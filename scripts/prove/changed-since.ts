import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import { listedTests } from '../runner/listed-tests.ts';

/**
 * The regressions that a change since a commit may affect: by the file of their area, a spec that catches them
 * (with everything it imports), a product file that they change, or a manifest when they change manifests or environment.
 * @throws HarnessError when git does not know the commit.
 */
export async function changedSince(ref: string, regressions: readonly Regression[]): Promise<Regression[]> {
  const commit = await commitOf(ref);
  const [files, tests] = await Promise.all([filesDiffering(commit), listedTests([`--only-changed=${commit}`])]);
  return affected(regressions, { files, specs: new Set(tests.map(({ spec }) => spec)) });
}

/** @param changed files by their path in the repository, and specs below `e2e/` that import one of them. */
export function affected(
  regressions: readonly Regression[],
  changed: { files: ReadonlySet<string>; specs: ReadonlySet<string> },
): Regression[] {
  const manifests = [...changed.files].some((file) => /^fleet\/(apps|e2e)\//.test(file));
  return regressions.filter(
    ({ area, caughtBy, change }) =>
      changed.files.has(`fixtures/regressions/${area}.ts`) ||
      Object.keys(caughtBy).some((spec) => changed.specs.has(spec)) ||
      [...(change.sources ?? []), ...(change.release ?? [])].some(({ file }) => changed.files.has(file)) ||
      (manifests && (change.manifests !== undefined || change.env !== undefined)),
  );
}

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
