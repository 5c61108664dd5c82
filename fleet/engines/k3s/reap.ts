import { readFileSync } from 'node:fs';
import { KubernetesApi, statusOf } from '../../kubernetes/api.ts';
import { ancestorsOf, endFamily, isAlive } from '../../run/process-identity.ts';
import { readRunState, removeRun, runIds } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { removeOrphans } from './reap-orphans.ts';

/**
 * Ends a run: what it has adopted (the caller is spared), its node with everything on it, or its namespace when it was a
 * guest on another run's node; its watchdog; then its files. Whoever calls it, and however often.
 */
export async function endRun(runId: string): Promise<void> {
  const state = readRunState(runId);
  const spared = ancestorsOf(process.pid);
  for (const identity of state?.processes ?? []) endFamily(identity, spared);
  const docker = await Docker.connect();
  if (state?.kubernetes && state.kubernetes.node?.run !== runId) await leaveNode(docker, state);
  await docker.removeRun(runId);
  // Until now it would have done what is left, had this process been killed.
  if (state?.supervisor) endFamily(state.supervisor, spared);
  removeRun(runId);
}

/** A guest's namespace, which takes with it what belongs to none. The node's own end makes it unnecessary. */
async function leaveNode(docker: Docker, { kubernetes }: RunState): Promise<void> {
  if (!kubernetes?.node || !(await docker.isRunning(kubernetes.node.container))) return;
  const { namespace } = kubernetes;
  const api = new KubernetesApi(readFileSync(kubernetes.kubeconfig, 'utf8'));
  const gone = (error: unknown): void => {
    if (statusOf(error) !== 404) throw error;
  };
  await api.core.deleteNamespace({ name: namespace }).catch(gone);
  // At once: nobody waits for the preStop of a fleet that is thrown away, and a dying namespace makes no new pods.
  await api.core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 }).catch(gone);
}

/** A detached run lives as long as its node does; any other as long as its owner. */
export async function isRunAlive(docker: Docker, state: RunState): Promise<boolean> {
  if (!state.detached) return isAlive(state.owner);
  const container = state.kubernetes?.node?.container;
  // Until it is up it has its owner to live by.
  if (!state.edge || container === undefined) return isAlive(state.owner);
  return docker.isRunning(container);
}

/** Ends the runs that nobody owns any more, and the containers whose run has no files. Returns their ids. */
export async function reapAbandoned(docker: Docker): Promise<string[]> {
  const abandoned = new Set<string>();
  for (const runId of runIds()) {
    const state = readRunState(runId);
    if (state?.engine === 'k3s' && !(await isRunAlive(docker, state))) abandoned.add(runId);
  }
  for (const runId of abandoned) await endRun(runId);
  return [...abandoned, ...(await removeOrphans(docker))];
}
