import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfAborted } from '../../abort.ts';
import { HarnessError } from '../../errors.ts';
import { recordChanges } from '../../run/changes.ts';
import { recordOrigin } from '../../run/origin.ts';
import { beginRun, readRunState, runDirectory, stateOf, updateRunState } from '../../run/state.ts';
import type { KubernetesPlace } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { prepareImages } from '../docker/images.ts';
import { apiOf } from '../kubernetes/api.ts';
import type { KubernetesFleet } from '../kubernetes/fleet.ts';
import { install } from '../kubernetes/install.ts';
import { makeFleet } from '../kubernetes/manifests.ts';
import { namespaceOf } from '../kubernetes/objects-for-run.ts';
import type { FleetOptions, RunSummary } from '../shared/engine.ts';
import { startOptions } from '../shared/start-options.ts';
import { phases } from '../shared/phases.ts';
import { listRuns, reapAbandoned } from '../shared/runs.ts';
import { nodeAccess } from './access.ts';
import { attach } from './attach.ts';
import { importImages, startNode } from './node.ts';
import { removeOrphans } from './reap-orphans.ts';
import { endRun, isRunAlive } from './reap.ts';
import { startWatchdog } from './start-watchdog.ts';

export const list = (): Promise<RunSummary[]> => listRuns('k3s', isRunAlive);

export const reap = (runId: string): Promise<void> => endRun(stateOf('k3s', runId).runId);

export async function up(options: FleetOptions = {}): Promise<KubernetesFleet> {
  const { runId, hosts, authentik, changes, detached, shareWith, onProgress, signal } = startOptions(options);
  const docker = await Docker.connect();
  await reapAbandoned(await list(), endRun, onProgress);
  for (const orphan of await removeOrphans(docker)) onProgress(`${orphan} was abandoned and is cleared away`);
  beginRun('k3s', { runId, hosts, detached });
  try {
    recordChanges(runId, changes);
    await startWatchdog(runId);
    const phase = phases(onProgress);
    // The node starts while the images are built, and they are imported as soon as its containerd responds.
    const container = Promise.withResolvers<string>();
    const nodeFailed = new AbortController();
    const canceled = AbortSignal.any([nodeFailed.signal, ...(signal ? [signal] : [])]);
    const place = placeOf(docker, runId, { shareWith, onContainer: container.resolve, onProgress });
    place.catch((error: unknown) => {
      container.reject(error);
      nodeFailed.abort();
    });
    const made = makeFleet({ hosts, authentik, changes, onProgress, signal }, (keys, builds) =>
      prepareImages(docker, keys, builds, onProgress),
    );
    const imported = Promise.all([container.promise, made]).then(([node, { images }]) =>
      importImages(docker, node, Object.values(images), { onProgress, signal: canceled }),
    );
    const [kubernetes, { objects, images, content }] = await all([
      place.then((started) => (phase('node Ready'), started)),
      made.then((fleet) => (phase('images ready'), fleet)),
      imported.then(() => phase('images in the node')),
    ]);
    throwIfAborted(signal);
    await updateRunState(runId, () => ({ kubernetes }));

    const api = apiOf(kubernetes);
    await install({
      api,
      access: nodeAccess(api, { runId, kubernetes }),
      place: { runId, namespace: kubernetes.namespace, images },
      objects,
      hosts,
      phase,
      shareWith,
      signal,
    });
    recordOrigin(runId, { content });
    return attach(runId);
  } catch (error) {
    await endRun(runId);
    throw error;
  }
}

/** A new node, or the node of the run to share. */
async function placeOf(
  docker: Docker,
  runId: string,
  {
    shareWith,
    onContainer,
    onProgress,
  }: { shareWith: string | undefined; onContainer: (id: string) => void; onProgress: (line: string) => void },
): Promise<KubernetesPlace> {
  const host = shareWith === undefined ? undefined : readRunState(shareWith);
  if (shareWith !== undefined && (!host?.kubernetes || !(await isRunAlive(host)))) {
    throw new HarnessError(
      `There is no running k3s run "${shareWith}" to share a node with. See: npm run fleet -- list`,
    );
  }
  const namespace = namespaceOf(runId);
  const kubeconfig = join(runDirectory(runId), 'kubeconfig');
  if (host?.kubernetes) {
    writeFileSync(kubeconfig, readFileSync(host.kubernetes.kubeconfig, 'utf8'), { mode: 0o600 });
    onContainer(host.kubernetes.node?.container ?? '');
    return { ...host.kubernetes, namespace, kubeconfig };
  }
  const started = await startNode(docker, runId, { onContainer, onProgress });
  writeFileSync(kubeconfig, started.kubeconfig, { mode: 0o600 });
  return { namespace, kubeconfig, node: { container: started.container, run: runId }, outside: started.outside };
}

/** All results. When one fails, the others are awaited before the failure is reported. */
async function all<T extends readonly unknown[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
