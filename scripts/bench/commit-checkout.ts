import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { identify } from '../../fleet/run/process-identity.ts';
import { commitOf, git } from '../shared/git.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';

/** Of the names of checkouts; the pid of their command follows. */
const prefix = 'dezky-commit-';

/** Removes the checkouts of commands that were killed. */
export async function removeAbandonedCheckouts(folder = tmpdir()): Promise<void> {
  for (const name of await readdir(folder)) {
    const [, owner] = new RegExp(`^${prefix}(\\d+)-`).exec(name) ?? [];
    if (owner === undefined || identify(Number(owner))) continue;
    progress(`${join(folder, name)} was abandoned and is removed`);
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A commit of this repository in a temporary folder, with what its suite needs installed. Disposing removes it. */
export class CommitCheckout implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws HarnessError when git does not know the commit, or when something of it cannot be installed. */
  static async of(ref: string): Promise<CommitCheckout> {
    const commit = await commitOf(ref);
    await removeAbandonedCheckouts();
    const checkout = new CommitCheckout(await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`)));
    try {
      await git('worktree', 'add', '--force', '--detach', checkout.folder, commit);
      progress(`Installing what ${ref} needs …`);
      await checkout.#prepare();
      return checkout;
    } catch (error) {
      await checkout[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #prepare(): Promise<void> {
    const install = spawn(process.execPath, ['--', 'scripts/prepare.mjs', 'e2e'], {
      cwd: this.folder,
      stdio: ['ignore', 2, 2],
    });
    const stop = (): void => void install.kill('SIGTERM');
    interruption.addEventListener('abort', stop);
    const [code] = (await once(install, 'close')) as [number | null];
    interruption.removeEventListener('abort', stop);
    interruption.throwIfAborted();
    if (code !== 0) throw new HarnessError('That commit cannot be installed here (see above). Choose another one.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await git('worktree', 'prune');
  }
}
