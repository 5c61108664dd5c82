import { statusOf } from '../../kubernetes/api.ts';
import { ancestorsOf, endFamily, isAlive } from '../../run/process-identity.ts';
import { readRunState, removeRun, runIds } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import { apiOf } from '../kubernetes/api.ts';
import { Docker } from '../docker/docker.ts';
import { removeOrphans } from './reap-orphans.ts';

/**
 * Ends a run: its adopted processes (not the caller), its node, or its namespace when it shared another run's node; its
 * watchdog; then its files. Any process may call it, also repeatedly.
 */
export async function endRun(runId: string): Promise<void> {
  const state = readRunState(runId);
  const spared = ancestorsOf(process.pid);
  for (const identity of state?.processes ?? []) endFamily(identity, spared);
  const docker = await Docker.connect();
  if (state?.kubernetes && state.kubernetes.node?.run !== runId) await leaveNode(docker, state);
  await docker.removeRun(runId);
  // Ended last: it would finish the cleanup if this process were killed.
  if (state?.supervisor) endFamily(state.supervisor, spared);
  removeRun(runId);
}

/**
 * The namespace of a run on a shared node, with the cluster-scoped objects that it owns. Unnecessary when the node
 * itself ends.
 */
async function leaveNode(docker: Docker, { kubernetes }: RunState): Promise<void> {
  if (!kubernetes?.node || !(await docker.isRunning(kubernetes.node.container))) return;
  const { namespace } = kubernetes;
  const api = apiOf(kubernetes);
  const gone = (error: unknown): void => {
    if (statusOf(error) !== 404) throw error;
  };
  await api.core.deleteNamespace({ name: namespace }).catch(gone);
  // Deleted without grace: the preStop of a discarded fleet does not matter, and a terminating namespace creates no new
  // pods.
  await api.core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 }).catch(gone);
}

/** A detached run is alive while its node is; any other while its owner is. */
export async function isRunAlive(docker: Docker, state: RunState): Promise<boolean> {
  if (!state.detached) return isAlive(state.owner);
  const container = state.kubernetes?.node?.container;
  // Until it is up, its owner decides.
  if (!state.edge || container === undefined) return isAlive(state.owner);
  return docker.isRunning(container);
}

/** Ends abandoned runs, and containers whose run has no files. Returns their ids. */
export async function reapAbandoned(docker: Docker): Promise<string[]> {
  const abandoned = new Set<string>();
  for (const runId of runIds()) {
    const state = readRunState(runId);
    if (state?.engine === 'k3s' && !(await isRunAlive(docker, state))) abandoned.add(runId);
  }
  for (const runId of abandoned) await endRun(runId);
  return [...abandoned, ...(await removeOrphans(docker))];
}
