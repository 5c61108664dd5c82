import { ancestorsOf, endFamily } from '../../run/process-identity.ts';
import { readRunState, removeRun } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';

/**
 * Ends a run in a cluster: its adopted processes (not the caller), its objects in the cluster, its helper process, then
 * its files. The files stay when `remove` fails, so that a later call can retry. Any process may call it, even
 * repeatedly.
 * @param remove removes the run's objects from the cluster.
 * @returns what `remove` returns.
 */
export async function endRunInCluster<T>(
  runId: string,
  remove: (state: RunState | undefined) => Promise<T>,
): Promise<T> {
  const state = readRunState(runId);
  const spared = ancestorsOf(process.pid);
  for (const identity of state?.processes ?? []) endFamily(identity, spared);
  const result = await remove(state);
  // Ended last, because it would finish the cleanup if this process were killed.
  if (state?.supervisor) endFamily(state.supervisor, spared);
  removeRun(runId);
  return result;
}
