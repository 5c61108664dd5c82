import { expect, test, vi } from 'vitest';
import { scratchState } from '../../testing.ts';
import { productionHosts } from '../../product/hosts.ts';
import { beginRun } from '../../run/state.ts';
import { removeOrphans } from './own-node.ts';

test('containers whose run has no files go, each run once; those of a run that has stay', async () => {
  scratchState();
  beginRun('k3s', { runId: 'known', hosts: productionHosts, detached: true });
  const removeRun = vi.fn((_runId: string) => Promise.resolve());
  const containers = ['known', 'orphan', 'orphan', 'other'].map((runId, index) => ({ id: String(index), runId }));
  const docker = { containersOf: () => Promise.resolve(containers), removeRun };
  expect(await removeOrphans(docker)).toEqual(['orphan', 'other']);
  expect(removeRun.mock.calls).toEqual([['orphan'], ['other']]);
});
