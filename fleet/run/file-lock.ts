import { linkSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { throwIfGivenUp } from '../abort.ts';
import { identify, isAlive, thisProcess } from './process-identity.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** No file system tells another process that a file went away, so a waiter looks again, milliseconds. */
const pollIntervalMs = 100;

/**
 * Runs `work` while no other process of this machine holds the lock `file`; a lock whose holder has died is taken over.
 * @param onWait called once when somebody else holds it.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  { onWait, signal }: { onWait?: () => void; signal?: AbortSignal | undefined } = {},
): Promise<T> {
  let waited = false;
  mkdirSync(dirname(file), { recursive: true });
  while (!take(file)) {
    if (!waited) onWait?.();
    waited = true;
    await delay(pollIntervalMs);
    throwIfGivenUp(signal);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** Removes the locks in a folder (`*.lock`) whose holders have died, and what was left of taking them. */
export function removeAbandonedLocks(directory: string): void {
  for (const name of filesIn(directory)) {
    const [, draftOf] = /\.lock(?:\.(\d+)\.[0-9a-f]{8})?$/.exec(name) ?? [];
    if (draftOf !== undefined && !identify(Number(draftOf))) rmSync(join(directory, name), { force: true });
    else if (name.endsWith('.lock')) breakIfAbandoned(join(directory, name));
  }
}

function filesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function take(file: string): boolean {
  const me = thisProcess();
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(draft, JSON.stringify(me));
    // A link is made whole or not at all, so nobody sees a lock without its holder.
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
  // Of those who saw the dead holder only one can move the file away; a living one's lock is put back.
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

/** Undefined when it cannot be told: a lock is made whole, so nobody who lives made that one. */
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
