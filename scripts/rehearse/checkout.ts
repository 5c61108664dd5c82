import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { endingWithParent, runProgram, type Ended } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { temporaryFolder } from '../../fleet/run/temporary-folder.ts';
import { interruption } from '../command/interruption.ts';
import { reporting } from '../command/output.ts';
import { progress } from '../command/run-command.ts';

/** A clone of the last commit in a temporary folder, which is removed at the end. */
export class Checkout implements Disposable {
  /** Outside of the repository, in whose modules a missing package would be found. */
  readonly #folder = temporaryFolder('dezky-rehearsal');
  readonly root = this.#folder.path;

  /** @throws HarnessError when the repository has changes that are not committed. */
  static async ofLastCommit(): Promise<Checkout> {
    const { stdout } = await git('status', '--porcelain');
    if (stdout !== '')
      throw new HarnessError(`A rehearsal is of a commit. Commit or stash these changes first:\n${stdout.trimEnd()}`);
    const checkout = new Checkout();
    const { code, stderr } = await git('clone', '--quiet', '--no-hardlinks', repositoryRoot, checkout.root);
    if (code === 0) return checkout;
    checkout[Symbol.dispose]();
    throw new HarnessError(`git could not clone ${repositoryRoot}: ${stderr.trim()}`);
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}

const git = (...args: string[]): Promise<Ended> => runProgram('git', args, { cwd: repositoryRoot });

/**
 * Runs a command of a checkout, such as `e2e`, to its end, and says now and then that it is still running. It ends with
 * this process.
 */
export async function runCommandOf(
  root: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const parent = endingWithParent('process');
  const where = root === repositoryRoot ? ' as it is today' : '';
  progress(`npm run ${[command, ...(args.length > 0 ? ['--'] : []), ...args].join(' ')}${where} …`);
  const ended = await reporting(
    command,
    runProgram(process.execPath, [...parent.args, join(root, 'scripts/bootstrap.mjs'), command, ...args], {
      cwd: root,
      env: { ...process.env, ...parent.env, ...env, NO_COLOR: '1', INIT_CWD: root },
      channel: true,
      abort: interruption,
      abortBy: 'SIGINT',
    }),
  );
  interruption.throwIfAborted();
  return ended;
}
