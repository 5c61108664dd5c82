import { relative } from 'node:path';
import { HarnessError } from '../errors.ts';
import { stateDirectory } from '../root.ts';

const what: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the quota of its disk is used up',
  EROFS: 'its file system is read-only',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  // Node's error for creating a folder with its parents on a read-only file system.
  'ENOENT mkdir': 'its folder cannot be made',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'this process may not open more files',
  ENFILE: 'this machine may not open more files',
};

/**
 * Turns errors of a full or read-only disk into a sentence, as faults of the environment. Other errors are returned
 * unchanged.
 */
export function asHarnessError(error: unknown): unknown {
  const { code = '', syscall = '', path, dest } = (error ?? {}) as NodeJS.ErrnoException & { dest?: string };
  const reason = what[`${code} ${syscall}`] ?? (Object.hasOwn(what, code) ? what[code] : undefined);
  if (error instanceof HarnessError || reason === undefined) return error;
  // Some calls (write) have only a file descriptor and no path.
  const file = dest ?? path;
  const state = stateDirectory();
  const isState = file === undefined || isBelow(state, file);
  return new HarnessError(
    `${syscall || 'open'} fails for ${file ?? `a file, probably below ${state}`}: ${reason}. Free or unlock it` +
      `${isState ? ', or let runs keep their files elsewhere: FLEET_STATE_DIR' : ''}.`,
    { cause: error },
  );
}

/** The result of work on a file or folder; undefined when that is not there. */
export function unlessGone<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const isBelow = (folder: string, path: string): boolean => !/^\.\.(?:\/|$)/.test(relative(folder, path));
