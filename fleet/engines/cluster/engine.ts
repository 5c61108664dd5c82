import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfAborted } from '../../abort.ts';
import { HarnessError } from '../../errors.ts';
import { productionHosts } from '../../hosts.ts';
import { httpUrl } from '../../kubernetes/address.ts';
import { KubernetesApi, statusOf } from '../../kubernetes/api.ts';
import { clusterScoped } from '../../manifests/render.ts';
import { runAuthority } from '../../run/authority.ts';
import { beginRun, newRunId, noSuchRun, readRunState, runDirectory, runIds, writeRunState } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { KubernetesFleet } from '../kubernetes/fleet.ts';
import { install } from '../kubernetes/install.ts';
import { makeFleet } from '../kubernetes/manifests.ts';
import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine, FleetOptions } from '../shared/engine.ts';
import { phases } from '../shared/phases.ts';
import { apiAccess } from './access.ts';
import { endRun, isRunAlive, reapAbandoned } from './end.ts';
import { clusterImages, demandWayForImages } from './images.ts';
import { checkPermissions } from './permissions.ts';
import { namedCluster } from './settings.ts';
import { startForwarder } from './start-forwarder.ts';

type RunOnKubernetes = RunState & { kubernetes: KubernetesPlace };

/** Pods must not access their node; see https://kubernetes.io/docs/concepts/security/pod-security-standards/. */
const namespaceLabels = { 'pod-security.kubernetes.io/enforce': 'restricted' };

/** Runs fleets in an existing cluster, each in its own namespace. */
export const clusterEngine: Engine = {
  name: 'cluster',
  capabilities: capabilitiesOf.cluster,
  // There is no node to start, and quotas are small: one fleet at a time.
  sharesNode: false,
  up,
  attach: (runId) => Promise.resolve(attach(runId)),
  list: () =>
    Promise.resolve(
      runIds().flatMap((runId) => {
        const state = readRunState(runId);
        if (state?.engine !== 'cluster') return [];
        const { startedAt, detached } = state;
        return [{ runId, alive: isRunAlive(state), startedAt, detached }];
      }),
    ),
  reap: async (runId) => {
    if (!readRunState(runId)) throw noSuchRun('cluster', runId);
    await endRun(runId);
  },
};

async function up(options: FleetOptions = {}): Promise<KubernetesFleet> {
  const { hosts = productionHosts, onProgress = () => {}, signal } = options;
  const phase = phases(onProgress);
  const { kubeconfig, shown } = clusterOf(options.shareNodeWith);
  demandWayForImages();
  for (const line of await reapAbandoned()) onProgress(line);
  const runId = options.runId ?? newRunId();
  const namespace = `dezky-${runId}`;
  const api = new KubernetesApi(kubeconfig);
  const { onNamespace } = await checkPermissions(api, { runId, namespace }, shown);
  await refuseTaken(api, namespace);
  phase(`may use ${shown}`);

  const place: KubernetesPlace = { namespace, kubeconfig: join(runDirectory(runId), 'kubeconfig') };
  beginRun('cluster', { ...options, runId, hosts });
  try {
    writeFileSync(place.kubeconfig, kubeconfig, { mode: 0o600 });
    writeRunState({ ...(readRunState(runId) as RunState), kubernetes: place });
    const { supervisor, forwarded } = await startForwarder(runId);
    const state: RunOnKubernetes = {
      ...(readRunState(runId) as RunState),
      supervisor,
      kubernetes: { ...place, forwarded },
    };
    writeRunState(state);
    phase('forwarder listens');

    const made = await makeFleet(options, (keys, builds) => clusterImages(keys, builds, onProgress));
    phase('images ready');
    throwIfAborted(signal);
    const access = apiAccess(api, state);
    const edge = await install({
      api,
      access,
      place: { runId, namespace, images: made.images },
      // The shared objects exist already, or the permission check would have failed.
      objects: made.objects.filter(({ kind }) => !clusterScoped.has(kind) || kind === 'ClusterRoleBinding'),
      hosts,
      ...(await runAuthority(runId)),
      controlToken: randomBytes(32).toString('base64url'),
      phase,
      namespaceLabels,
      onNamespace: async ({ uid }) => {
        // Stored at once: only a namespace with a known uid is deleted.
        writeRunState({ ...(readRunState(runId) as RunState), kubernetes: { ...state.kubernetes, uid } });
        await onNamespace();
      },
      signal,
    });
    const authentik = await access.reach('authentik', 9001);
    writeRunState({ ...(readRunState(runId) as RunState), edge, authentikControlUrl: httpUrl(authentik) });
    phase('fleet up');
    return attach(runId);
  } catch (error) {
    // The error says why the start failed, also when cleaning up fails.
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
function clusterOf(shareNodeWith: string | undefined): { kubeconfig: string; shown: string } {
  if (shareNodeWith === undefined) return namedCluster();
  const host = readRunState(shareNodeWith);
  if (host?.engine !== 'cluster' || !host.kubernetes) throw noSuchRun('cluster', shareNodeWith);
  return { kubeconfig: readFileSync(host.kubernetes.kubeconfig, 'utf8'), shown: `the cluster of ${shareNodeWith}` };
}

function attach(runId: string): KubernetesFleet {
  const state = readRunState(runId);
  if (state?.engine !== 'cluster') throw noSuchRun('cluster', runId);
  if (!state.kubernetes?.forwarded) {
    throw new HarnessError(`The run ${runId} is not up yet. Wait for the command that starts it.`);
  }
  if (!isRunAlive(state)) {
    throw new HarnessError(
      `The forwarder of ${runId} has ended, and nothing reaches it. End it: npm run fleet -- down ${runId}`,
    );
  }
  const run: RunOnKubernetes = { ...state, kubernetes: state.kubernetes };
  const api = new KubernetesApi(readFileSync(run.kubernetes.kubeconfig, 'utf8'));
  return new KubernetesFleet(run, api, apiAccess(api, run));
}
