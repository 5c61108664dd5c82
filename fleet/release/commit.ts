import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../errors.ts';
import { runProgram } from '../programs.ts';
import { repositoryRoot } from '../root.ts';

/** The full SHA of a commit. @throws HarnessError when it does not exist. */
export async function commitNamed(wanted: string, checkout: string = repositoryRoot): Promise<string> {
  const isHexadecimal = /^[0-9a-f]{7,40}$/i.test(wanted);
  const sha = isHexadecimal ? await run(checkout, ['rev-parse', '--verify', '--quiet', `${wanted}^{commit}`]) : '';
  if (sha !== '') return sha;
  throw new HarnessError(
    `There is no commit "${wanted}" in this checkout. Give the SHA of a commit (git log), or get it: git fetch --all`,
  );
}

/**
 * The manifests of a commit, in a folder that is removed with the scope. The checkout stays as it is.
 * @throws HarnessError when the commit has none.
 */
export async function manifestsOf(
  sha: string,
  checkout: string = repositoryRoot,
): Promise<Disposable & { folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'manifests-'));
  const remove = (): void => rmSync(folder, { recursive: true });
  const script = 'git archive "$1" fleet/apps | tar -x -C "$2"';
  const { code, stderr } = await runProgram('sh', ['-c', script, 'sh', sha, folder], { cwd: checkout });
  if (code === 0) return { folder: join(folder, 'fleet/apps'), [Symbol.dispose]: remove };
  remove();
  throw new HarnessError(
    `The manifests of ${sha} cannot be read: ${stderr.trim()}. Give a commit that has fleet/apps.`,
  );
}

/**
 * The full SHA of the commit to release. The manifests of this checkout are applied, so the checkout must be exactly
 * that commit.
 * @throws HarnessError when the commit does not exist, another one is checked out, or files differ from it.
 */
export async function commitToRelease(wanted: string, checkout: string = repositoryRoot): Promise<string> {
  const git = (...args: string[]): Promise<string> => run(checkout, args);
  const sha = await commitNamed(wanted, checkout);
  const head = await git('rev-parse', 'HEAD');
  if (head !== sha) {
    throw new HarnessError(
      `${sha} is to be released, but ${head} is checked out, and its manifests may differ. Run: git checkout ${sha}`,
    );
  }
  const changed = (await git('status', '--porcelain')).split('\n').filter(Boolean);
  if (changed.length > 0) {
    const shown = changed.slice(0, 5).map((line) => line.trim().replace(/^\S+\s+/, ''));
    const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : '';
    throw new HarnessError(
      `Files differ from ${sha}: ${shown.join(', ')}${more}. Commit them, or put them aside: git stash -u`,
    );
  }
  return sha;
}

/**
 * @param running versions that are live.
 * @throws HarnessError when the commit is older than one of them or cannot be compared: CI may rerun an old job.
 */
export async function demandNotOlder(
  sha: string,
  running: readonly string[],
  checkout: string = repositoryRoot,
): Promise<void> {
  for (const live of running) {
    if (live === sha || !/^[0-9a-f]{40}$/.test(live)) continue;
    const { code } = await runProgram('git', ['merge-base', '--is-ancestor', sha, live], { cwd: checkout });
    if (code === 1) continue;
    throw new HarnessError(
      code === 0
        ? `${live} is running, and ${sha} is older. To go back to it: npm run deploy -- --to ${sha}`
        : `${live} is running and is not in this checkout, so it cannot be compared with ${sha}. Run: git fetch --all`,
    );
  }
}

async function run(checkout: string, args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProgram('git', args, { cwd: checkout }).catch((cause: Error) => {
    throw new HarnessError(`git cannot be run (${cause.message}), and a release is a commit. Install git.`, { cause });
  });
  // `rev-parse --verify --quiet` fails without a message when the commit does not exist.
  if (code !== 0 && stderr !== '') {
    throw new HarnessError(`git ${args[0]} failed: ${stderr.trim()} A release is made from a git checkout.`);
  }
  return stdout.trim();
}
