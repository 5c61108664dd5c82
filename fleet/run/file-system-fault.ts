import { relative } from 'node:path';
import { HarnessError } from '../errors.ts';
import { stateDirectory } from '../root.ts';

/** Errors of a full or read-only disk, of permissions, and of this machine's limits. */
const faults = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EISDIR', 'EMFILE', 'ENFILE']);

/** Turns such errors into a sentence, as faults of the environment. Other errors are returned unchanged. */
export function asHarnessError(error: unknown): unknown {
  const { code = '', syscall, message, path } = (error ?? {}) as NodeJS.ErrnoException;
  // Node's error for creating a folder with its parents on a read-only file system.
  const isFault = faults.has(code) || (code === 'ENOENT' && syscall === 'mkdir');
  if (error instanceof HarnessError || !isFault) return error;
  // Some calls (write) have only a file descriptor and no path.
  const isOfRuns = path === undefined || isBelow(stateDirectory(), path);
  const elsewhere = `, or let runs keep their files elsewhere than in ${stateDirectory()}: FLEET_STATE_DIR`;
  return new HarnessError(`${message}. Free or unlock it${isOfRuns ? elsewhere : ''}.`, { cause: error });
}

const isBelow = (folder: string, path: string): boolean => !/^\.\.(?:\/|$)/.test(relative(folder, path));

/** The result of work on a file or folder; undefined when that is not there. */
export function unlessGone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
