import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { throwIfGivenUp } from '../../abort.ts';
import { buildApps } from '../../builds.ts';
import { applyChanges } from '../../changes.ts';
import { HarnessError } from '../../errors.ts';
import { changesForHosts } from '../../hosts-change.ts';
import { productionHosts } from '../../hosts.ts';
import { images } from '../../images.ts';
import type { Image } from '../../images.ts';
import type { KubeObject } from '../../objects.ts';
import { identify } from '../../process-identity.ts';
import { render } from '../../render.ts';
import { repositoryRoot } from '../../root.ts';
import { createRun, newRunId, readRunState, runDirectory, runIds, writeRunState } from '../../runs.ts';
import type { KubernetesPlace, RunState } from '../../runs.ts';
import type { Engine, FleetOptions } from '../engine.ts';
import { nodeAccess } from './access.ts';
import { Docker } from './docker.ts';
import { imageKeysIn, prepareImages } from './images.ts';
import { importImages, startNode } from './node.ts';
import { endRun, isRunAlive, reapAbandoned } from './reap.ts';
import { httpUrl } from '../kubernetes/address.ts';
import { KubernetesApi } from '../kubernetes/api.ts';
import { KubernetesFleet } from '../kubernetes/fleet.ts';
import { install } from '../kubernetes/install.ts';
import { caFile, makeAuthority, readAuthority } from '../local/authority.ts';

type Placed = RunState & { kubernetes: KubernetesPlace };

const watchdogScript = fileURLToPath(new URL('./watchdog.ts', import.meta.url));
const manifests = ['fleet/e2e', 'fleet/e2e/cluster'];

/** Runs fleets in a k3s node of their own, started as a container of this machine's Docker. */
export const k3sEngine: Engine = {
  name: 'k3s',
  sharesNode: true,
  up,
  attach: (runId) => Promise.resolve(attach(runId)),
  list: async () => {
    const states = runIds().flatMap((runId) => {
      const state = readRunState(runId);
      return state?.engine === 'k3s' ? [state] : [];
    });
    // A machine that never had such a run need not have Docker.
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
    if (!readRunState(runId)) throw noSuchRun(runId);
    await endRun(runId);
  },
};

async function up(options: FleetOptions = {}): Promise<KubernetesFleet> {
  const { hosts = productionHosts, onProgress = () => {}, signal } = options;
  const docker = await Docker.connect();
  for (const runId of await reapAbandoned(docker)) onProgress(`${runId} was abandoned and is cleared away`);
  const runId = options.runId ?? newRunId();
  const owner = identify(process.pid);
  if (!owner) throw new HarnessError('This process cannot be identified. Is /proc or `ps` missing?');
  const namespace = `dezky-${runId}`;
  createRun({
    runId,
    engine: 'k3s',
    startedAt: new Date().toISOString(),
    detached: options.detached ?? false,
    hosts,
    owner,
    processes: [],
  });
  watch(runId);
  try {
    const phase = phases(onProgress);
    // The node starts while the images are made; each may fail, and neither is left running behind the other's failure.
    const [node, made] = await both(
      placeOf(docker, runId, namespace, options.beside, onProgress).then((place) => (phase('node Ready'), place)),
      make(docker, options, onProgress).then((result) => (phase('images ready'), result)),
    );
    throwIfGivenUp(signal);
    const state: Placed = { ...(readRunState(runId) as RunState), kubernetes: node };
    writeRunState(state);
    const container = node.node?.container ?? '';
    await importImages(docker, container, Object.values(made.images), onProgress);
    phase('images in the node');

    const authorityDirectory = options.authorityDirectory ?? process.env['FLEET_CA_DIR'];
    const ownDirectory = join(runDirectory(runId), 'authority');
    const authority = authorityDirectory ? readAuthority(authorityDirectory) : await makeAuthority(ownDirectory, runId);
    const controlToken = randomBytes(32).toString('base64url');
    const api = new KubernetesApi(readFileSync(node.kubeconfig, 'utf8'));
    const access = nodeAccess(api, state);
    const edge = await install({
      api,
      access,
      place: { runId, namespace, images: made.images },
      objects: made.objects,
      hosts,
      authority,
      caFile: caFile(resolve(authorityDirectory ?? ownDirectory)),
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

/** What is run: the manifests with the changes put in, and its images in Docker. */
async function make(
  docker: Docker,
  { hosts = productionHosts, changes = [], signal }: FleetOptions,
  onProgress: (line: string) => void,
): Promise<{ objects: KubeObject[]; images: Record<string, string> }> {
  const rendered = (await Promise.all(manifests.map((folder) => render(join(repositoryRoot, folder))))).flat();
  const objects = applyChanges(rendered, [...changesForHosts(rendered, hosts), ...changes]);
  const keys = imageKeysIn(objects);
  const apps = keys.flatMap((key) => {
    const { build }: Image = images[key];
    return build?.kind === 'app' ? [build.app] : [];
  });
  const builds = await buildApps(apps, { changes: changes.flatMap(({ sources = [] }) => sources), onProgress, signal });
  return { objects, images: await prepareImages(docker, keys, builds, onProgress) };
}

/** A node of its own, or that of a run to stand beside. */
async function placeOf(
  docker: Docker,
  runId: string,
  namespace: string,
  beside: string | undefined,
  onProgress: (line: string) => void,
): Promise<KubernetesPlace> {
  const host = beside === undefined ? undefined : readRunState(beside);
  if (beside !== undefined && (!host?.kubernetes || !(await isRunAlive(docker, host)))) {
    throw new HarnessError(`There is no living k3s run "${beside}" to stand beside. See: npm run fleet -- list`);
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

/** Both results; when one fails, the other is awaited before the failure is told. */
async function both<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

function watch(runId: string): void {
  const log = openSync(join(runDirectory(runId), 'watchdog.log'), 'a', 0o600);
  const child = spawn(process.execPath, [watchdogScript, runId], {
    // A session of its own, so that it outlives whatever ends the owner.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  child.unref();
}

function attach(runId: string): KubernetesFleet {
  const state = readRunState(runId);
  if (state?.engine !== 'k3s') throw noSuchRun(runId);
  if (!state.kubernetes) throw new HarnessError(`The run ${runId} is not up yet. Wait for the command that starts it.`);
  const placed: Placed = { ...state, kubernetes: state.kubernetes };
  const api = new KubernetesApi(readFileSync(placed.kubernetes.kubeconfig, 'utf8'));
  return new KubernetesFleet(placed, api, nodeAccess(api, placed));
}

/** Reports each phase with the milliseconds since the start of the run and those since the phase before. */
function phases(onProgress: (line: string) => void): (name: string) => void {
  const begun = performance.now();
  let last = begun;
  return (name) => {
    const now = performance.now();
    onProgress(`${name} (${Math.round(now - last)} ms, ${Math.round(now - begun)} ms in all)`);
    last = now;
  };
}

function noSuchRun(runId: string): HarnessError {
  const known = runIds().filter((id) => readRunState(id)?.engine === 'k3s');
  return new HarnessError(
    `There is no k3s run "${runId}". ${known.length ? `There are: ${known.join(', ')}.` : 'Start one with: npm run fleet -- up --engine k3s'}`,
  );
}
