import { HarnessError } from '../../errors.ts';
import { reasonOf, statusOf } from '../../kubernetes/api.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { ancestorsOf, endFamily } from '../../run/process-identity.ts';
import { readRunState, removeRun, runDirectory } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
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
  const namespace = state?.engine === 'cluster' ? await endInCluster(runId, state) : await endOnNode(runId, state);
  // Ended last, because it would finish the cleanup if this process were killed.
  if (state?.supervisor) endFamily(state.supervisor, spared);
  removeRun(runId);
  if (namespace === 'gone') return;
  throw new HarnessError(
    `The namespace ${state?.kubernetes?.namespace} is not the one that ${runId} had made, which is gone: it is left ` +
      'alone. See its owner with: kubectl get namespaces --show-labels',
  );
}

async function endInCluster(runId: string, { kubernetes }: RunState): Promise<RemovedNamespace> {
  if (!kubernetes) return 'gone';
  const removed = await removeNamespace(runId, kubernetes);
  if (removed === 'being deleted') await waitUntilGone(kubernetes);
  return removed === 'another' ? 'another' : 'gone';
}

/** The node goes, or on the node of another run the namespace, with the cluster-scoped objects that it owns. */
async function endOnNode(runId: string, state: RunState | undefined): Promise<RemovedNamespace> {
  const { Docker } = await import('../docker/docker.ts');
  const docker = await Docker.connect();
  const place = state?.kubernetes;
  if (place?.node && place.node.run !== runId && (await docker.isRunning(place.node.container))) {
    await removeNamespace(runId, place);
  }
  await docker.removeRun(runId);
  return 'gone';
}

type RemovedNamespace = 'gone' | 'another' | 'being deleted';

/**
 * Deletes only the namespace that this run created, identified by its uid. Without a uid the run created none.
 * @returns `another` when another namespace has the name by now.
 */
async function removeNamespace(runId: string, place: KubernetesPlace): Promise<RemovedNamespace> {
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
  if (!(await namespaceExists(api, name, uid))) return 'gone';
  await api.core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }).catch(ignoreDeleted);
  return 'being deleted';
}

async function waitUntilGone(place: KubernetesPlace): Promise<void> {
  const { namespace: name, uid = '' } = place;
  const api = apiOf(place);
  await until(async () => !(await namespaceExists(api, name, uid)), {
    timeoutMs: deletionTimeoutMs,
    intervalMs: pollIntervalMs,
    failure: () =>
      new HarnessError(
        `The namespace ${name} is still there after ${deletionTimeoutMs / 1000} s. See: kubectl get namespace ${name} -o yaml`,
      ),
  });
}

const namespaceExists = (api: KubernetesApi, name: string, uid: string): Promise<boolean> =>
  api.core.readNamespace({ name }).then(
    ({ metadata }) => metadata?.uid === uid,
    (error: unknown) => {
      if (statusOf(error) !== 404) throw error;
      return false;
    },
  );
