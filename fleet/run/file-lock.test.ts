import { spawnSync } from 'node:child_process';
import { lstatSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../testing.ts';
import { withFileLock } from './file-lock.ts';
import { identify } from './process-identity.ts';

let file: string;
beforeEach(() => {
  file = join(scratchFolder(), 'deep', 'the.lock');
});

test('lets one in at a time, and tells who has to wait', async () => {
  let inside = 0;
  let most = 0;
  let waiting = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => withFileLock(file, work, { onWait: () => (waiting += 1) })));
  expect({ most, waiting }).toEqual({ most: 1, waiting: 2 });
  expect(lstatSync(file, { throwIfNoEntry: false })).toBeUndefined();
});

test('is released when the work fails', async () => {
  await expect(withFileLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withFileLock(file, () => Promise.resolve('in'))).toBe('in');
});

test('is taken over from a process that died', async () => {
  await withFileLock(file, async () => {});
  const dead = spawnSync(process.execPath, ['-e', '']).pid;
  symlinkSync(JSON.stringify({ pid: dead, startTime: 'once' }), file);
  const onWait = () => {
    throw new Error('nobody holds it');
  };
  expect(await withFileLock(file, () => Promise.resolve('in'), { onWait })).toBe('in');
});

test('is not taken over from a living process, and waiting can be given up', async () => {
  await withFileLock(file, async () => {});
  symlinkSync(JSON.stringify(identify(process.pid)), file);
  const signal = AbortSignal.timeout(250);
  await expect(withFileLock(file, async () => {}, { signal })).rejects.toMatchObject({ name: 'AbortError' });
  expect(lstatSync(file).isSymbolicLink()).toBe(true);
});
