import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from '../abort.ts';
import { isAlive, thisProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

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

function take(file: string): boolean {
  const me = thisProcess();
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, JSON.stringify(me));
    // A link is created atomically, so a lock without a holder is never visible.
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    breakIfAbandoned(file);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function breakIfAbandoned(file: string): void {
  const holder = holderOf(file);
  if (holder === 'released' || (holder && isAlive(holder))) return;
  // Of all processes that saw the dead holder, only one can move the file away. If the lock has a living holder by
  // then, it is restored.
  const aside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const moved = holderOf(aside);
  if (moved && moved !== 'released' && isAlive(moved)) linkSync(aside, file);
  rmSync(aside, { force: true });
}

/** Undefined when it cannot be read: locks are written atomically, so no living process wrote that one. */
function holderOf(file: string): ProcessIdentity | 'released' | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProcessIdentity> | null;
    return typeof holder?.pid === 'number' && typeof holder.startTime === 'string'
      ? { pid: holder.pid, startTime: holder.startTime }
      : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'released' : undefined;
  }
}
