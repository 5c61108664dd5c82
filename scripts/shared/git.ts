import { HarnessError } from '../../fleet/errors.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';

/** What git prints in this repository. @throws HarnessError with git's first line when it fails. */
export async function git(...args: string[]): Promise<string> {
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
