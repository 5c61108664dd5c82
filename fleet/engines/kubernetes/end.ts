import { HarnessError } from '../../errors.ts';
import { reasonOf, statusOf, undefinedWhenAbsent } from '../../kubernetes/api.ts';
import { ancestorsOf, endFamily } from '../../run/process-identity.ts';
import {
  readRunState,
  removeRun,
  runDirectory,
  startsNode,
  type KubernetesPlace,
  type RunState,
} from '../../run/state.ts';
import { until } from '../../until.ts';
import { apiOf } from './api.ts';

const deletionTimeoutMs = 120_000;
const pollIntervalMs = 250;

/**
 * Ends a run: its adopted processes (not the caller), its node or namespace, its watcher, then its files. When the
 * cluster or Docker does not answer, the files stay, so that a later call can retry. Any process may call it, even
 * repeatedly.
 */
export async function endRun(runId: string): Promise<void> {
  const state = readRunState(runId);
  const spared = ancestorsOf(process.pid);
  for (const identity of state?.processes ?? []) endFamily(identity, spared);
  if (!state || startsNode[state.engine]) await endOnNode(runId, state);
  else if (state.kubernetes) {
    await removeNamespace(runId, state.kubernetes);
    await waitUntilGone(state.kubernetes);
  }
  // Ended last, because it would finish the cleanup if this process were killed.
  if (state?.supervisor) endFamily(state.supervisor, spared);
  removeRun(runId);
}

/** The node goes, or on the node of another run the namespace, with the cluster-scoped objects that it owns. */
async function endOnNode(runId: string, state: RunState | undefined): Promise<void> {
  const { Docker } = await import('../docker/docker.ts');
  const docker = await Docker.connect();
  const place = state?.kubernetes;
  if (place?.node && place.node.run !== runId && (await docker.isRunning(place.node.container))) {
    await removeNamespace(runId, place);
  }
  await docker.removeRun(runId);
}

/**
 * Deletes the namespace that this run created, identified by its uid, and no other of that name. Without a uid the run
 * created none.
 */
async function removeNamespace(runId: string, place: KubernetesPlace): Promise<void> {
  const { namespace: name, uid } = place;
  if (uid === undefined) return;
  const api = apiOf(place);
  const ignoreDeleted = (cause: unknown): void => {
    // 404: deleted. 409: being deleted, or another namespace has the name. 403: the account's permissions in it were
    // deleted first.
    if ([403, 404, 409].includes(statusOf(cause))) return;
    throw new HarnessError(
      `The namespace ${name} cannot be deleted: ${reasonOf(cause)}. Try again: npm run fleet -- down ${runId}. ` +
        `When the cluster is gone for good, remove ${runDirectory(runId)}.`,
      { cause },
    );
  };
  await api.core.deleteNamespace({ name, body: { preconditions: { uid } } }).catch(ignoreDeleted);
  if (!(await exists(place))) return;
  // Deleted without a grace period: the preStop hooks of a discarded fleet do not matter, and a terminating namespace
  // creates no new pods.
  await api.core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }).catch(ignoreDeleted);
}

async function waitUntilGone(place: KubernetesPlace): Promise<void> {
  const { namespace: name } = place;
  await until(async () => !(await exists(place)), {
    timeoutMs: deletionTimeoutMs,
    intervalMs: pollIntervalMs,
    failure: () =>
      new HarnessError(
        `The namespace ${name} is still there after ${deletionTimeoutMs / 1000} s. See: kubectl get namespace ${name} -o yaml`,
      ),
  });
}

async function exists(place: KubernetesPlace): Promise<boolean> {
  if (place.uid === undefined) return false;
  const found = await apiOf(place).core.readNamespace({ name: place.namespace }).catch(undefinedWhenAbsent);
  return found?.metadata?.uid === place.uid;
}
