import { HarnessError } from '../../errors.ts';
import { reasonOf, statusOf } from '../../kubernetes/api.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { isAlive } from '../../run/process-identity.ts';
import { runDirectory } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { until } from '../../until.ts';
import { apiOf } from '../kubernetes/api.ts';
import { endRunInCluster } from '../kubernetes/end-run.ts';

const deletionTimeoutMs = 120_000;
const pollIntervalMs = 250;

/** Ends a run with its namespace and all objects in it. */
export async function endRun(runId: string): Promise<void> {
  const reused = await endRunInCluster(runId, async (state) => {
    const place = state?.kubernetes;
    return place && (await removeNamespace(runId, place)) === 'another' ? place.namespace : undefined;
  });
  if (reused === undefined) return;
  throw new HarnessError(
    `The namespace ${reused} is not the one that ${runId} had made, which is gone: it is left ` +
      'alone. See its owner with: kubectl get namespaces --show-labels',
  );
}

/**
 * Deletes only the namespace that this run created, identified by its uid. Without a uid the run created none.
 * @returns `another` when another namespace has the name by now.
 */
async function removeNamespace(runId: string, place: KubernetesPlace): Promise<'gone' | 'another'> {
  const { namespace: name, uid } = place;
  if (uid === undefined) return 'gone';
  const api = apiOf(place);
  const found = await api.core.readNamespace({ name }).catch((cause: unknown) => {
    if (statusOf(cause) === 404) return undefined;
    throw new HarnessError(
      `The namespace ${name} cannot be looked at: ${reasonOf(cause)}. Try again: npm run fleet -- down ${runId}. ` +
        `When the cluster is gone for good, remove ${runDirectory(runId)}.`,
      { cause },
    );
  });
  if (!found) return 'gone';
  if (found.metadata?.uid !== uid) return 'another';
  const ignoreDeleted = (error: unknown): void => {
    // 404: deleted. 409: being deleted, or another namespace has the name. 403: the account's permissions in it were
    // deleted first.
    if (![403, 404, 409].includes(statusOf(error))) throw error;
  };
  await api.core.deleteNamespace({ name, body: { preconditions: { uid } } }).catch(ignoreDeleted);
  // Deleted without a grace period: the preStop hooks of a discarded fleet do not matter, and a terminating namespace
  // creates no new pods.
  if (await namespaceExists(api, name, uid)) {
    await api.core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }).catch(ignoreDeleted);
  }
  await until(async () => !(await namespaceExists(api, name, uid)), {
    timeoutMs: deletionTimeoutMs,
    intervalMs: pollIntervalMs,
    failure: () =>
      new HarnessError(
        `The namespace ${name} is still there after ${deletionTimeoutMs / 1000} s. See: kubectl get namespace ${name} -o yaml`,
      ),
  });
  return 'gone';
}

const namespaceExists = (api: KubernetesApi, name: string, uid: string): Promise<boolean> =>
  api.core.readNamespace({ name }).then(
    ({ metadata }) => metadata?.uid === uid,
    (error: unknown) => {
      if (statusOf(error) !== 404) throw error;
      return false;
    },
  );

/** A run is alive while its forwarder is, also when detached. Before the forwarder starts, its owner decides. */
export const isRunAlive = ({ supervisor, owner }: RunState): boolean => isAlive(supervisor ?? owner);
