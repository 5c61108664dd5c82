import { statusOf } from '../../kubernetes/api.ts';
import { isAlive } from '../../run/process-identity.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { apiOf } from '../kubernetes/api.ts';
import { endRunInCluster } from '../kubernetes/end-run.ts';

/** Ends a run with its node, or with its namespace when it shared another run's node. */
export const endRun = (runId: string): Promise<void> =>
  endRunInCluster(runId, async (state) => {
    const docker = await Docker.connect();
    if (state?.kubernetes && state.kubernetes.node?.run !== runId) await leaveNode(docker, state.kubernetes);
    await docker.removeRun(runId);
  });

/**
 * Ends the namespace of a run on a shared node, with the cluster-scoped objects that it owns. Not needed when the node
 * itself ends.
 */
async function leaveNode(docker: Docker, place: KubernetesPlace): Promise<void> {
  const { namespace, node } = place;
  if (!node || !(await docker.isRunning(node.container))) return;
  const api = apiOf(place);
  const gone = (error: unknown): void => {
    if (statusOf(error) !== 404) throw error;
  };
  await api.core.deleteNamespace({ name: namespace }).catch(gone);
  // Deleted without a grace period: the preStop hooks of a discarded fleet do not matter, and a terminating namespace
  // creates no new pods.
  await api.core.deleteCollectionNamespacedPod({ namespace, gracePeriodSeconds: 0 }).catch(gone);
}

/** A detached run is alive while its node is; any other while its owner is. */
export async function isRunAlive(state: RunState): Promise<boolean> {
  // Docker is queried even when the owner decides. Without Docker the state of a run is unknown, because the run could
  // not be ended either.
  const docker = await Docker.connect();
  const container = state.kubernetes?.node?.container;
  // Until the run is up, its owner decides.
  if (!state.detached || !state.edge || container === undefined) return isAlive(state.owner);
  return docker.isRunning(container);
}
