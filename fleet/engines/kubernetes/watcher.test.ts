import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { scratchState } from '../../testing.ts';
import { productionHosts } from '../../product/hosts.ts';
import { beginRun, removeRun, runDirectory, updateRunState } from '../../run/state.ts';

beforeEach(scratchState);

const edge = {
  proxyUrl: 'http://127.0.0.1:1',
  controlUrl: 'http://127.0.0.1:2',
  controlToken: 't',
  caFile: '',
  spki: '',
};

/** The watcher of a run that has nothing in its cluster yet, after a Ctrl-C that is meant for its owner. */
async function watcherOf({ detached, ...state }: { detached: boolean; edge?: typeof edge }) {
  beginRun('cluster', { runId: 'mine', detached, hosts: productionHosts });
  await updateRunState('mine', () => state);
  const watcher = spawn(process.execPath, [join(import.meta.dirname, 'watcher.ts'), 'mine'], {
    stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void watcher.kill('SIGKILL'));
  await once(watcher, 'message');
  watcher.kill('SIGINT');
  return { watcher, ended: once(watcher, 'exit') };
}

test.each([
  ['up', { detached: false, edge }],
  ['detached and being started', { detached: true }],
])('a run that is %s ends with its owner', async (_, state) => {
  const { watcher, ended } = await watcherOf(state);
  expect(existsSync(runDirectory('mine'))).toBe(true);
  // What the kernel does when the owner ends.
  watcher.stdin!.end();
  expect(await ended).toEqual([0, null]);
  expect(existsSync(runDirectory('mine'))).toBe(false);
});

test('a run that is detached and up outlives its owner', async () => {
  const { watcher, ended } = await watcherOf({ detached: true, edge });
  watcher.stdin!.end();
  expect(await Promise.race([ended, delay(1_000, 'stays')])).toBe('stays');
  expect(existsSync(runDirectory('mine'))).toBe(true);
});

test('a watcher ends when the files of its run are gone', async () => {
  const { ended } = await watcherOf({ detached: true, edge });
  removeRun('mine');
  expect(await ended).toEqual([0, null]);
});
