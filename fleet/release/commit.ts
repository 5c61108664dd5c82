import { spawnSync } from 'node:child_process';
import { HarnessError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';

/**
 * The full SHA of the commit to release. The manifests of this checkout are applied, so the checkout must be exactly
 * that commit.
 * @throws HarnessError when there is no such commit, another one is checked out, or files differ from it.
 */
export function commitToRelease(wanted: string, checkout: string = repositoryRoot): string {
  const git = (...args: string[]): string => run(checkout, args);
  const isHexadecimal = /^[0-9a-f]{7,40}$/i.test(wanted);
  const sha = isHexadecimal ? git('rev-parse', '--verify', '--quiet', `${wanted}^{commit}`) : '';
  if (sha === '') {
    throw new HarnessError(
      `There is no commit "${wanted}" in this checkout. Give the SHA of a commit (git log), or get it: git fetch --all`,
    );
  }
  const head = git('rev-parse', 'HEAD');
  if (head !== sha) {
    throw new HarnessError(
      `${sha} is to be released, but ${head} is checked out, and its manifests are other ones. Run: git checkout ${sha}`,
    );
  }
  const changed = git('status', '--porcelain').split('\n').filter(Boolean);
  if (changed.length > 0) {
    const shown = changed.slice(0, 5).map((line) => line.trim().replace(/^\S+\s+/, ''));
    const more = changed.length > shown.length ? ` and ${changed.length - shown.length} more` : '';
    throw new HarnessError(
      `Files differ from ${sha}: ${shown.join(', ')}${more}. Commit them, or put them aside: git stash -u`,
    );
  }
  return sha;
}

function run(checkout: string, args: string[]): string {
  const { stdout, stderr, status, error } = spawnSync('git', args, { cwd: checkout, encoding: 'utf8' });
  if (error) throw new HarnessError(`git cannot be run (${error.message}), and a release is a commit. Install git.`);
  // `rev-parse --verify --quiet` fails without a message when there is no such commit.
  if (status !== 0 && stderr !== '') {
    throw new HarnessError(`git ${args[0]} failed: ${stderr.trim()} A release is made from a git checkout.`);
  }
  return stdout.trim();
}
