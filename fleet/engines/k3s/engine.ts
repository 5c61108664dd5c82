import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { throwIfAborted } from '../../abort.ts';
import { HarnessError } from '../../errors.ts';
import { productionHosts } from '../../hosts.ts';
import { httpUrl } from '../../kubernetes/address.ts';
import { KubernetesApi } from '../../kubernetes/api.ts';
import { runAuthority } from '../../run/authority.ts';
import { beginRun, noSuchRun, readRunState, runDirectory, runIds, writeRunState } from '../../run/state.ts';
import type { KubernetesPlace, RunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';
import { prepareImages } from '../docker/images.ts';
import type { KubernetesFleet } from '../kubernetes/fleet.ts';
import { install } from '../kubernetes/install.ts';
import { makeFleet } from '../kubernetes/manifests.ts';
import { capabilitiesOf } from '../shared/capabilities.ts';
import type { Engine, FleetOptions } from '../shared/engine.ts';
import { phases } from '../shared/phases.ts';
import { nodeAccess } from './access.ts';
import { attach } from './attach.ts';
import type { RunOnKubernetes } from './attach.ts';
import { importImages, startNode } from './node.ts';
import { endRun, isRunAlive, reapAbandoned } from './reap.ts';
import { startWatchdog } from './start-watchdog.ts';

/** Runs each fleet in its own k3s node, a container of this machine's Docker. */
export const k3sEngine: Engine = {
  name: 'k3s',
  capabilities: capabilitiesOf.k3s,
  sharesNode: true,
  up,
  attach: (runId) => Promise.resolve(attach(runId)),
  list: async () => {
    const states = runIds().flatMap((runId) => {
      const state = readRunState(runId);
      return state?.engine === 'k3s' ? [state] : [];
    });
    // A machine without such runs needs no Docker.
    if (states.length === 0) return [];
    const docker = await Docker.connect();
    return Promise.all(
      states.map(async (state) => ({
        runId: state.runId,
        alive: await isRunAlive(docker, state),
        startedAt: state.startedAt,
        detached: state.detached,
      })),
    );
  },
  reap: async (runId) => {
    if (!readRunState(runId)) throw noSuchRun('k3s', runId);
    await endRun(runId);
  },
};

async function up(options: FleetOptions = {}): Promise<KubernetesFleet> {
  const { hosts = productionHosts, onProgress = () => {}, signal } = options;
  const docker = await Docker.connect();
  for (const runId of await reapAbandoned(docker)) onProgress(`${runId} was abandoned and is cleared away`);
  const runId = beginRun('k3s', { ...options, hosts });
  const namespace = `dezky-${runId}`;
  startWatchdog(runId);
  try {
    const phase = phases(onProgress);
    // The node starts while the images are built. When one fails, the other is ended too.
    const [node, made] = await both(
      placeOf(docker, runId, namespace, options.shareNodeWith, onProgress).then(
        (place) => (phase('node Ready'), place),
      ),
      makeFleet(options, (keys, builds) => prepareImages(docker, keys, builds, onProgress)).then(
        (result) => (phase('images ready'), result),
      ),
    );
    throwIfAborted(signal);
    const state: RunOnKubernetes = { ...(readRunState(runId) as RunState), kubernetes: node };
    writeRunState(state);
    const container = node.node?.container ?? '';
    await importImages(docker, container, Object.values(made.images), onProgress);
    phase('images in the node');

    const trust = await runAuthority(runId);
    const controlToken = randomBytes(32).toString('base64url');
    const api = new KubernetesApi(readFileSync(node.kubeconfig, 'utf8'));
    const access = nodeAccess(api, state);
    const edge = await install({
      api,
      access,
      place: { runId, namespace, images: made.images },
      objects: made.objects,
      hosts,
      ...trust,
      controlToken,
      phase,
      signal,
    });
    const authentik = await access.reach('authentik', 9001);
    writeRunState({
      ...(readRunState(runId) as RunState),
      edge,
      authentikControlUrl: httpUrl(authentik),
    });
    phase('fleet up');
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
  namespace: string,
  shareNodeWith: string | undefined,
  onProgress: (line: string) => void,
): Promise<KubernetesPlace> {
  const host = shareNodeWith === undefined ? undefined : readRunState(shareNodeWith);
  if (shareNodeWith !== undefined && (!host?.kubernetes || !(await isRunAlive(docker, host)))) {
    throw new HarnessError(`There is no living k3s run "${shareNodeWith}" to stand beside. See: npm run fleet -- list`);
  }
  const kubeconfig = join(runDirectory(runId), 'kubeconfig');
  if (host?.kubernetes) {
    writeFileSync(kubeconfig, readFileSync(host.kubernetes.kubeconfig, 'utf8'), { mode: 0o600 });
    return { ...host.kubernetes, namespace, kubeconfig };
  }
  const started = await startNode(docker, runId, onProgress);
  writeFileSync(kubeconfig, started.kubeconfig, { mode: 0o600 });
  return { namespace, kubeconfig, node: { container: started.container, run: runId }, outside: started.outside };
}

/** Both results. When one fails, the other is awaited before the failure is reported. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}
