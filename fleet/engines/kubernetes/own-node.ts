import { readFileSync } from 'node:fs';
import { HarnessError } from '../../errors.ts';
import { isRunAlive } from '../../run/runs.ts';
import { readRunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { prepareImages } from '../docker/images.ts';
import { importImages, startNode } from './node.ts';
import type { ClusterProvider, ProviderOptions, ReachableCluster } from './provider.ts';

/** A k3s node in this machine's Docker: a new one, or that of the run to share. */
export async function ownNode({
  runId,
  shareWith,
  phase,
  onProgress,
  signal,
}: ProviderOptions): Promise<ClusterProvider> {
  const docker = await Docker.connect();
  for (const orphan of await removeOrphans(docker)) onProgress(`${orphan} was abandoned and is cleared away`);
  const shared = shareWith === undefined ? undefined : nodeOf(shareWith);
  return {
    ...(shared && { known: shared }),
    provide: async (build) => {
      // The node starts while the images are built, and they are imported as soon as its containerd responds.
      const container = Promise.withResolvers<string>();
      const nodeFailed = new AbortController();
      const canceled = AbortSignal.any([nodeFailed.signal, ...(signal ? [signal] : [])]);
      const node = shared
        ? Promise.resolve(shared)
        : startNode(docker, runId, { onContainer: container.resolve, onProgress });
      if (shared) container.resolve(shared.node?.container ?? '');
      node.catch((error: unknown) => {
        container.reject(error);
        nodeFailed.abort();
      });
      const making = build().then(({ images, builds }) =>
        prepareImages(docker, images, builds, { known: shared?.images, onProgress }),
      );
      const imported = Promise.all([container.promise, making]).then(([id, images]) =>
        importImages(docker, id, Object.values(images), { onProgress, signal: canceled }),
      );
      const work = [
        node.then((started) => (phase('node Ready'), started)),
        making.then((images) => (phase('images ready'), images)),
        imported.then(() => phase('images in the node')),
      ] as const;
      // When one fails, the others are awaited before the failure is reported.
      await Promise.allSettled(work);
      const [cluster, images] = await Promise.all(work);
      return { cluster, images };
    },
    appliesSharedObjects: true,
    namespaceLabels: {},
    onNamespace: () => Promise.resolve(),
  };
}

function nodeOf(runId: string): ReachableCluster {
  const state = readRunState(runId);
  if (state?.kubernetes?.node && isRunAlive(state)) {
    const { kubeconfig, node, outside, images } = state.kubernetes;
    return {
      kubeconfig: readFileSync(kubeconfig, 'utf8'),
      node,
      ...(outside && { outside }),
      ...(images && { images }),
    };
  }
  throw new HarnessError(`There is no running k3s run "${runId}" to share a node with. See: npm run fleet -- list`);
}

/** Removes containers of this state directory whose run has no files. @returns the ids of their runs. */
export async function removeOrphans(docker: Pick<Docker, 'containersOf' | 'removeRun'>): Promise<string[]> {
  // A run's files are created before its container and are removed after it.
  const orphans = new Set((await docker.containersOf()).map(({ runId }) => runId).filter((id) => !readRunState(id)));
  for (const runId of orphans) await docker.removeRun(runId);
  return [...orphans];
}
