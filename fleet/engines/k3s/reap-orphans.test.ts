import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CannotRunHere } from '../../errors.ts';
import { productionHosts } from '../../hosts.ts';
import { identify } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { createRun } from '../../run/state.ts';
import { reapOrphans } from './reap-orphans.ts';

let folder: string;
let removed: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-'));
  vi.stubEnv('FLEET_STATE_DIR', folder);
  removed = [];
  createRun({
    runId: 'known',
    engine: 'k3s',
    startedAt: '',
    detached: true,
    hosts: productionHosts,
    owner: identify(process.pid) as ProcessIdentity,
    processes: [],
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const dockerWith = (...runIds: string[]) => ({
  containersOf: () => Promise.resolve(runIds.map((runId, index) => ({ id: String(index), runId }))),
  removeRun: (runId: string) => {
    removed.push(runId);
    return Promise.resolve();
  },
});

test('containers whose run has no files go, each run once; those of a run that has stay', async () => {
  const docker = dockerWith('known', 'orphan', 'orphan', 'other');
  expect(await reapOrphans(() => Promise.resolve(docker))).toEqual(['orphan', 'other']);
  expect(removed).toEqual(['orphan', 'other']);
});

test('a machine without Docker has none', async () => {
  expect(await reapOrphans(() => Promise.reject(new CannotRunHere('Docker does not answer.')))).toEqual([]);
});

test('a Docker that never answers keeps nobody waiting', async () => {
  vi.useFakeTimers();
  const reaped = reapOrphans(() => new Promise(() => {}));
  await vi.runAllTimersAsync();
  expect(await reaped).toEqual([]);
});

test('what goes wrong with a Docker that answers is told', async () => {
  const docker = { ...dockerWith('orphan'), removeRun: () => Promise.reject(new Error('HTTP code 500')) };
  await expect(reapOrphans(() => Promise.resolve(docker))).rejects.toThrow('HTTP code 500');
});
