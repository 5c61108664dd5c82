import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfAborted } from '../../abort.ts';
import { HarnessError } from '../../errors.ts';
import { KubernetesApi, statusOf } from '../../kubernetes/api.ts';
import { clusterScoped } from '../../manifests/render.ts';
import { recordChanges } from '../../run/changes.ts';
import { recordOrigin } from '../../run/origin.ts';
import { beginRun, noSuchRun, notUpYet, runDirectory, stateOf, updateRunState } from '../../run/state.ts';
import type { KubernetesPlace } from '../../run/state.ts';
import { fieldManager } from '../kubernetes/api.ts';
import { fleetOf } from '../kubernetes/fleet-of.ts';
import type { KubernetesFleet } from '../kubernetes/fleet.ts';
import { install } from '../kubernetes/install.ts';
import { makeFleet } from '../kubernetes/manifests.ts';
import { namespaceOf } from '../kubernetes/objects-for-run.ts';
import type { FleetOptions, RunSummary } from '../shared/engine.ts';
import { startOptions } from '../shared/start-options.ts';
import { phases } from '../shared/phases.ts';
import { listRuns, reapAbandoned } from '../shared/runs.ts';
import { apiAccess } from './access.ts';
import { endRun, isRunAlive } from './end.ts';
import { clusterImages, requireImageSource } from './images.ts';
import { checkPermissions } from './permissions.ts';
import { namedCluster } from './settings.ts';
import { startForwarder } from './start-forwarder.ts';

/** Pods must not access their node; see https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
const namespaceLabels = { 'pod-security.kubernetes.io/enforce': 'restricted' };

export const list = (): Promise<RunSummary[]> => listRuns('cluster', isRunAlive);

export const reap = (runId: string): Promise<void> => endRun(stateOf('cluster', runId).runId);

export async function up(options: FleetOptions = {}): Promise<KubernetesFleet> {
  const { runId, hosts, authentik, changes, detached, shareWith, onProgress, signal } = startOptions(options);
  const phase = phases(onProgress);
  const { kubeconfig, shown } = clusterOf(shareWith);
  requireImageSource();
  await reapAbandoned(await list(), endRun, onProgress);
  const namespace = namespaceOf(runId);
  const api = new KubernetesApi(kubeconfig, fieldManager);
  const { onNamespace } = await checkPermissions(api, { runId, namespace }, shown);
  await refuseTaken(api, namespace);
  phase(`may use ${shown}`);

  const place: KubernetesPlace = { namespace, kubeconfig: join(runDirectory(runId), 'kubeconfig') };
  beginRun('cluster', { runId, hosts, detached });
  try {
    recordChanges(runId, changes);
    writeFileSync(place.kubeconfig, kubeconfig, { mode: 0o600 });
    await updateRunState(runId, () => ({ kubernetes: place }));
    const { supervisor, forwarded } = await startForwarder(runId);
    const kubernetes = { ...place, forwarded };
    await updateRunState(runId, () => ({ supervisor, kubernetes }));
    phase('forwarder listens');

    const { objects, images, content } = await makeFleet(
      { hosts, authentik, changes, onProgress, signal },
      (keys, builds) => clusterImages(keys, builds, onProgress),
    );
    phase('images ready');
    throwIfAborted(signal);
    await install({
      api,
      access: apiAccess(api, { runId, kubernetes }),
      place: { runId, namespace, images },
      // The shared objects exist already; otherwise the permission check would have failed.
      objects: objects.filter(({ kind }) => !clusterScoped.has(kind) || kind === 'ClusterRoleBinding'),
      hosts,
      phase,
      shareWith,
      namespaceLabels,
      onNamespace: async ({ uid }) => {
        // Stored immediately, because only a namespace with a known uid is deleted.
        await updateRunState(runId, () => ({ kubernetes: { ...kubernetes, uid } }));
        await onNamespace();
      },
      signal,
    });
    recordOrigin(runId, { content });
    return attach(runId);
  } catch (error) {
    // The error explains why the start failed, even when the cleanup fails too.
    await endRun(runId).catch((cause: unknown) => onProgress((cause as Error).message));
    throw error;
  }
}

/** An existing namespace belongs to someone else and is not used. */
async function refuseTaken(api: KubernetesApi, name: string): Promise<void> {
  try {
    await api.core.readNamespace({ name });
  } catch (error) {
    if (statusOf(error) === 404) return;
    throw error;
  }
  throw new HarnessError(`There is a namespace ${name} already, which this run did not make. Use another --name.`);
}

/** The named cluster, or the cluster of the run to share. */
function clusterOf(shareWith: string | undefined): { kubeconfig: string; shown: string } {
  if (shareWith === undefined) return namedCluster();
  const { kubernetes } = stateOf('cluster', shareWith);
  if (!kubernetes) throw noSuchRun('cluster', shareWith);
  return { kubeconfig: readFileSync(kubernetes.kubeconfig, 'utf8'), shown: `the cluster of ${shareWith}` };
}

export function attach(runId: string): KubernetesFleet {
  const run = stateOf('cluster', runId);
  if (!run.kubernetes?.forwarded) throw notUpYet(runId);
  if (isRunAlive(run)) return fleetOf(run, apiAccess);
  throw new HarnessError(
    `The forwarder of ${runId} has ended, and nothing reaches it. End it: npm run fleet -- down ${runId}`,
  );
}
