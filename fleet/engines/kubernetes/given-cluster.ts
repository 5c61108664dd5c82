import { readFileSync } from 'node:fs';
import { CannotRunHere, HarnessError } from '../../errors.ts';
import { KubernetesApi, undefinedWhenAbsent } from '../../kubernetes/api.ts';
import { contextOf } from '../../kubernetes/context.ts';
import { noSuchRun, stateOf } from '../../run/state.ts';
import { fieldManager } from './api.ts';
import { checkPermissions } from './permissions.ts';
import type { ClusterProvider, ProviderOptions } from './provider.ts';
import { parseImage } from '../../manifests/image-reference.ts';
import { imageReference, type Images } from '../../manifests/images.ts';
import { runProgram } from '../../programs.ts';
import { Docker } from '../docker/docker.ts';
import { isBuilt, keptContents, prepareImages } from '../docker/images.ts';

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
      const { images, builds } = await build();
      const references = await clusterImages(images, builds, onProgress);
      phase('images ready');
      return { cluster: { kubeconfig }, images: references };
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
  if (!(await api.core.readNamespace({ name }).catch(undefinedWhenAbsent))) return;
  throw new HarnessError(`There is a namespace ${name} already, which this run did not make. Use another --name.`);
}

/**
 * Images for a cluster that pulls them itself. The cluster pulls public images, and images named by a variable. Images
 * built here are pushed to `FLEET_IMAGE_REGISTRY` as `<registry>/<name>:<hash>`. With `FLEET_IMAGES_PRESENT=1`
 * nothing is pushed, for nodes that have Docker's images already. When nothing must be built, Docker is not needed.
 * @returns the reference of each image.
 */
export async function clusterImages(
  images: Images,
  builds: Readonly<Record<string, string>>,
  onProgress: (line: string) => void,
): Promise<Record<string, string>> {
  const all = Object.entries(images);
  const references = Object.fromEntries(all.map(([key, image]) => [key, imageReference(image)]));
  const building = all.filter(([, image]) => isBuilt(image));
  if (building.length === 0) return references;
  const docker = await Docker.connect();
  const built = await prepareImages(docker, Object.fromEntries(building), builds, { onProgress });
  const registry = process.env['FLEET_IMAGE_REGISTRY']?.replace(/\/$/, '');
  if (!registry) return { ...references, ...built };
  for (const [key, reference] of Object.entries(built)) {
    const { name, tag = '' } = parseImage(reference);
    const remote = { name: `${registry}/${name}`, tag };
    await docker.tag(reference, remote);
    references[key] = `${remote.name}:${tag}`;
    const startedAt = performance.now();
    await push(references[key]);
    await docker.keepNewest(remote.name, keptContents);
    onProgress(`image ${references[key]} pushed (${Math.round(performance.now() - startedAt)} ms)`);
  }
  return references;
}

/** @throws CannotRunHere when no setting says how the cluster gets images that are built here. */
export function requireImageSource(env: NodeJS.ProcessEnv = process.env): void {
  if (env['FLEET_IMAGE_REGISTRY'] || env['FLEET_IMAGES_PRESENT'] === '1') return;
  throw new CannotRunHere(
    'No setting says how images built here get to the cluster. Set FLEET_IMAGE_REGISTRY to a registry that Docker ' +
      'may push to and the cluster may pull from (registry.example/team), or FLEET_IMAGES_PRESENT=1 when the nodes have ' +
      "this machine's Docker images already.",
  );
}

/** Uses the docker command, which knows registry credentials and credential helpers. */
async function push(reference: string): Promise<void> {
  const { code, stderr } = await runProgram('docker', ['push', '--quiet', reference]).catch((cause: Error) => {
    throw new CannotRunHere(`docker is not on PATH, and it is needed to push images (${cause.message}).`, { cause });
  });
  if (code === 0) return;
  throw new HarnessError(
    `docker push ${reference} failed: ${stderr.trim()}. Correct FLEET_IMAGE_REGISTRY, or log in with: ` +
      `docker login ${reference.split('/')[0]}`,
  );
}
