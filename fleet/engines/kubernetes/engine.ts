import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwIfAborted } from '../../abort.ts';
import { clusterScoped } from '../../manifests/render.ts';
import { recordChanges, recordOrigin, type Content } from '../../run/records.ts';
import { reapAbandoned } from '../../run/runs.ts';
import { beginRun, runDirectory, updateRunState, type KubernetesPlace } from '../../run/state.ts';
import type { FleetDescription } from '../shared/description.ts';
import type { FleetOptions } from '../shared/engine.ts';
import { buildsOf, contentNow, contentOf, inputsOf, type InputOptions } from '../shared/inputs.ts';
import { phases, startOptions } from '../shared/start.ts';
import { HarnessError } from '../../errors.ts';
import { identify } from '../../run/process-identity.ts';
import { startHelper } from '../shared/helper-process.ts';
import { accessOf } from './access.ts';
import { apiOf } from './api.ts';
import { endRun } from './end.ts';
import { attach, type KubernetesFleet } from './fleet.ts';
import { givenCluster } from './given-cluster.ts';
import { install } from './install.ts';
import { ownNode } from './own-node.ts';
import { namespaceOf } from './objects-for-run.ts';
import type { ReachableCluster } from './provider.ts';

const clusterInputs = async (description: FleetDescription, options: InputOptions) =>
  inputsOf([...(await description.objects()), ...((await description.clusterObjects?.()) ?? [])], description, options);

export const content = async (description: FleetDescription, options: InputOptions): Promise<Content> =>
  contentNow(await clusterInputs(description, options));

const providers = { k3s: ownNode, cluster: givenCluster } as const;

export async function launch(
  engine: keyof typeof providers,
  description: FleetDescription,
  options: FleetOptions = {},
): Promise<KubernetesFleet> {
  const { runId, hosts, changes, detached, shareWith, isUsedOnce, onProgress, signal } = startOptions(
    description.hosts,
    options,
  );
  const phase = phases(onProgress);
  await reapAbandoned(engine, endRun, onProgress);
  const namespace = namespaceOf(runId);
  const provider = await providers[engine]({ runId, namespace, shareWith, phase, onProgress, signal });
  beginRun(engine, { runId, hosts, detached });
  try {
    recordChanges(runId, changes);
    let kubernetes: KubernetesPlace = { namespace, kubeconfig: join(runDirectory(runId), 'kubeconfig') };
    const record = async (more: Partial<KubernetesPlace>): Promise<void> => {
      kubernetes = { ...kubernetes, ...more };
      await updateRunState(runId, () => ({ kubernetes }));
    };
    const recordCluster = async ({ kubeconfig, ...place }: ReachableCluster): Promise<void> => {
      writeFileSync(kubernetes.kubeconfig, kubeconfig, { mode: 0o600 });
      await record(place);
    };
    if (provider.known) await recordCluster(provider.known);
    await record({ forwarded: await startWatcher(runId, description) });
    const inputs = await clusterInputs(description, options);
    const { cluster, images } = await provider.provide(async () => {
      const builds = await buildsOf(inputs.apps, { ...inputs.sources, onProgress, signal });
      if (!isUsedOnce) recordOrigin(runId, { content: await contentOf({ ...inputs, builds }) });
      return { images: Object.fromEntries(inputs.images.map(({ key, image }) => [key, image])), builds };
    });
    throwIfAborted(signal);
    await recordCluster({ ...cluster, images });

    const api = apiOf(kubernetes);
    await install({
      api,
      access: accessOf(api, { engine, runId, kubernetes }),
      place: { runId, namespace, images, known: description.images },
      description,
      objects: inputs.objects.filter(
        ({ kind }) => provider.appliesSharedObjects || !clusterScoped.has(kind) || kind === 'ClusterRoleBinding',
      ),
      hosts,
      phase,
      shareWith,
      namespaceLabels: provider.namespaceLabels,
      onNamespace: async ({ uid }) => {
        // Stored immediately, because only a namespace with a known uid is deleted.
        await record({ uid });
        await provider.onNamespace();
      },
      signal,
    });
    return attach(engine, description, runId);
  } catch (error) {
    // The error explains why the start failed, even when the cleanup fails too.
    await endRun(runId).catch((cause: unknown) => onProgress((cause as Error).message));
    throw error;
  }
}

const script = fileURLToPath(new URL('./watcher.ts', import.meta.url));

type Forwarded = NonNullable<KubernetesPlace['forwarded']>;

/**
 * Starts a run's watcher and records it in the run's state. Resolves when it watches.
 * @returns the addresses that it forwards.
 */
async function startWatcher(runId: string, { store }: Pick<FleetDescription, 'store'>): Promise<Forwarded> {
  let forwarded: Forwarded = {};
  const pid = await startHelper<Forwarded>(script, runId, {
    name: 'watcher',
    args: [`${store.service}:${store.port}`],
    onMessage: (message) => {
      forwarded = message;
      return true;
    },
  });
  const supervisor = identify(pid);
  if (!supervisor) throw new HarnessError(`The run's watcher ended at once. See: ${runDirectory(runId)}/watcher.log`);
  await updateRunState(runId, () => ({ supervisor }));
  return forwarded;
}
