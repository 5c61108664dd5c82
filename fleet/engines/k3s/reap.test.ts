import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { productionHosts } from '../../hosts.ts';
import { identify, isAlive, signalTree } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { createRun, readRunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { endRun } from './reap.ts';
import { startWatchdog } from './start-watchdog.ts';

let folder: string;
let watchdog: ProcessIdentity;
const docker = { removeRun: vi.fn((_runId: string) => Promise.resolve()) };

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  vi.spyOn(Docker, 'connect').mockResolvedValue(docker as unknown as Docker);
  const owner = identify(process.pid) as ProcessIdentity;
  const run = { startedAt: '', detached: false, hosts: productionHosts, owner, processes: [] };
  createRun({ runId: 'mine', engine: 'k3s', ...run });
  await startWatchdog('mine');
  watchdog = readRunState('mine')?.supervisor as ProcessIdentity;
});
afterEach(() => {
  signalTree(watchdog, 'SIGKILL');
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

test('the end of a run is its watchdog’s, though the owner lives on', async () => {
  let livedTillThen = false;
  docker.removeRun.mockImplementationOnce(() => Promise.resolve(void (livedTillThen = isAlive(watchdog))));
  await endRun('mine');
  expect(livedTillThen, 'while the node was removed').toBe(true);
  await vi.waitFor(() => expect(isAlive(watchdog)).toBe(false));
  expect(readRunState('mine')).toBeUndefined();
});

test('it stays as long as the node cannot be removed', async () => {
  docker.removeRun.mockRejectedValueOnce(new Error('no answer'));
  await expect(endRun('mine')).rejects.toThrow('no answer');
  expect(isAlive(watchdog)).toBe(true);
});
