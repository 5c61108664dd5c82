import { readFileSync } from 'node:fs';
import { CannotRunHere, HarnessError } from '../../errors.ts';
import { KubernetesApi, statusOf } from '../../kubernetes/api.ts';
import { contextOf } from '../../kubernetes/context.ts';
import { noSuchRun, stateOf } from '../../run/state.ts';
import { fieldManager } from './api.ts';
import { checkPermissions } from './permissions.ts';
import type { ClusterProvider, ProviderOptions } from './provider.ts';
import { clusterImages, requireImageSource } from './registry-images.ts';

/** The cluster of `FLEET_KUBECONFIG` and `FLEET_CONTEXT`, or that of the run to share. */
export async function givenCluster(options: ProviderOptions): Promise<ClusterProvider> {
  const { runId, namespace, shareWith, phase, onProgress } = options;
  const { kubeconfig, shown } = shareWith === undefined ? namedCluster() : clusterOf(shareWith);
  requireImageSource();
  const api = new KubernetesApi(kubeconfig, fieldManager);
  const onNamespace = await checkPermissions(api, { runId, namespace }, shown);
  await refuseTaken(api, namespace);
  phase(`may use ${shown}`);
  return {
    known: { kubeconfig },
    provide: async (build) => {
      const { keys, builds } = await build();
      const images = await clusterImages(keys, builds, onProgress);
      phase('images ready');
      return { cluster: { kubeconfig }, images };
    },
    // They exist already; otherwise the permission check would have failed.
    appliesSharedObjects: false,
    // Pods must not access their node; see https://kubernetes.io/docs/concepts/security/pod-security-standards/.
    namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
    onNamespace,
  };
}

/**
 * The kubeconfig of the named cluster, reduced to its context, cluster and user. KUBECONFIG and the current context are
 * ignored: a fleet must not run on a cluster that was not named.
 * @throws CannotRunHere when no file is named, it cannot be read, or it has no such context.
 */
export function namedCluster({ FLEET_KUBECONFIG: file, FLEET_CONTEXT: wanted }: NodeJS.ProcessEnv = process.env): {
  kubeconfig: string;
  shown: string;
} {
  if (!file || !wanted) {
    throw new CannotRunHere(
      'The cluster engine uses only a cluster that is named: set FLEET_KUBECONFIG to a kubeconfig file and ' +
        `FLEET_CONTEXT to one of its contexts (${[!file && 'FLEET_KUBECONFIG', !wanted && 'FLEET_CONTEXT'].filter(Boolean).join(' and ')} ` +
        'is not set). The contexts of a file: kubectl config get-contexts --kubeconfig <file>',
    );
  }
  const { kubeconfig } = contextOf(
    file,
    wanted,
    (sentence) => new CannotRunHere(`${sentence} (FLEET_KUBECONFIG, FLEET_CONTEXT)`),
  );
  return { kubeconfig, shown: `context "${wanted}" of ${file}` };
}

function clusterOf(runId: string): { kubeconfig: string; shown: string } {
  const { kubernetes } = stateOf('cluster', runId);
  if (!kubernetes) throw noSuchRun('cluster', runId);
  return { kubeconfig: readFileSync(kubernetes.kubeconfig, 'utf8'), shown: `the cluster of ${runId}` };
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
