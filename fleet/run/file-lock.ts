import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../abort.ts';
import { unlessGone } from './file-system-fault.ts';
import { isAlive, thisProcess, type ProcessIdentity } from './process-identity.ts';

/** There is no notification about a removed file, so a waiter polls at this interval, milliseconds. */
const pollIntervalMs = 100;

/**
 * Runs `work` while no other process of this machine holds the lock `file`; a lock of a dead holder is taken over.
 * @param onWait called once when another process holds it.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, signal }: { onWait?: () => void; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  let waited = false;
  mkdirSync(dirname(file), { recursive: true });
  // Tried twice at first, because the first try removes the lock of a dead holder.
  while (!take(file) && (waited || !take(file))) {
    if (!waited) onWait?.();
    waited = true;
    await delay(pollIntervalMs);
    throwIfAborted(signal);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The lock is a symbolic link to the name of its holder: it is never there without one. */
function take(file: string): boolean {
  try {
    symlinkSync(JSON.stringify(thisProcess()), file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const holder = unlessGone(() => readlinkSync(file));
  if (holder === undefined || isAlive(JSON.parse(holder) as ProcessIdentity)) return false;
  // Of all processes that saw the dead holder, only one can move the link away. One that moves the link of a new holder
  // puts it back.
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  unlessGone(() => renameSync(file, aside));
  if (unlessGone(() => readlinkSync(aside)) === holder) rmSync(aside);
  else unlessGone(() => renameSync(aside, file));
  return false;
}
