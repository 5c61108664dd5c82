import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { K3sContainer } from '@testcontainers/k3s';
import { duration } from '../../duration.ts';
import { CannotRunHere, HarnessError } from '../../errors.ts';
import { parseImage } from '../../manifests/image-reference.ts';
import { commonImages, imageReference } from '../../manifests/images.ts';
import { until } from '../../until.ts';
import { runLabels, type Docker } from '../docker/docker.ts';
import { canonical } from '../docker/images.ts';
import type { ReachableCluster } from './provider.ts';

/**
 * All node ports of the node. They are published on the test machine: four for each fleet (the edge's proxy and control
 * plane, the mock's control plane, Redis) and two for specs that call an ingress directly, for the fleets of four workers
 * and as many of their variants.
 */
const nodePorts = Array.from({ length: 48 }, (_, index) => 30_100 + index);

/** The addresses of Services: k3s's default. */
const serviceRange = '10.43.0.0/16';

/** How long containerd may take to respond, in milliseconds: as long as Testcontainers waits for the node. */
const containerdMs = 120_000;
const containerdPollMs = 100;

/**
 * Starts a node for a run, labelled with it. Resolves when the node is Ready; its pods may not be Ready yet.
 * @param onContainer called with the container's id when it runs, some seconds before the node is Ready.
 */
export async function startNode(
  docker: Docker,
  runId: string,
  { onContainer, onProgress }: { onContainer: (id: string) => void; onProgress: (line: string) => void },
): Promise<ReachableCluster> {
  const reference = imageReference(commonImages.k3s);
  await docker.provide([{ reference, overrideEnv: commonImages.k3s.overrideEnv }], onProgress);
  const output: string[] = [];
  let log: Readable | undefined;
  const container = new StartingContainer(reference, onContainer)
    .withCommand([
      'server',
      '--disable=traefik',
      `--kube-apiserver-arg=service-node-port-range=${nodePorts[0]}-${nodePorts.at(-1)}`,
    ])
    // Testcontainers removes a container that does not start together with its log.
    .withLogConsumer((stream) => {
      log = stream;
      createInterface(stream).on('line', (line) => output.push(line));
    })
    .withExposedPorts(...nodePorts)
    .withLabels(runLabels(runId))
    // The engine ends runs. Testcontainers' reaper would end a detached run with its owner.
    .withAutoCleanup(false);
  try {
    const started = await container.start();
    // Docker may publish a port under different numbers for IPv4 and IPv6. Testcontainers returns the number of the
    // name's first address, so that address is used instead of the name.
    const { address } = await lookup(started.getHost());
    // For a moment kube-proxy has no rule for a Service that gets its first endpoint. A connection to it would take the
    // default route out of the node, where another server may answer. So what is not translated goes to a closed port of
    // the node: in nat, because network policies of k3s accept packets in FORWARD before a rule that is added there.
    const closed = ['-p', 'tcp', '-d', serviceRange, '-j', 'REDIRECT', '--to-ports', '1'];
    await docker.exec(started.getId(), ['iptables', '-w', '-t', 'nat', '-A', 'PREROUTING', ...closed]);
    const kubeconfig = started.getKubeConfig();
    return {
      node: { container: started.getId(), run: runId },
      // Loopback addresses are in the API's certificate; those of another Docker host may not be.
      kubeconfig: kubeconfig.replace('//localhost:', `//${isIPv6(address) ? `[${address}]` : address}:`),
      outside: {
        host: address,
        ports: Object.fromEntries(nodePorts.map((port) => [port, started.getMappedPort(port)])),
      },
    };
  } catch (cause) {
    throw nodeFailure(reference, cause as Error, output);
  } finally {
    log?.destroy();
  }
}

class StartingContainer extends K3sContainer {
  constructor(reference: string, onContainer: (id: string) => void) {
    super(reference);
    this.containerCreated = (id) => {
      // Called between the start of the container and the wait for the node.
      this.containerStarting = () => Promise.resolve(onContainer(id));
      return Promise.resolve();
    };
  }
}

/**
 * Messages of Docker, its plugins, its runtime and k3s when privileged containers are not allowed or lack privileges.
 */
const noPrivilege: readonly RegExp[] = [
  /operation not permitted/i,
  /permission denied/i,
  /privileged mode is incompatible with user namespaces/i,
  /is the container privileged\?/i,
  /authorization denied by plugin/i,
];

/** Number of the node's last lines to print and to search for the reason. k3s prints its failure there. */
const toldLines = 3;

/**
 * The error for a node that did not start, with advice.
 * @param output lines that the node has written, oldest first; empty when it never ran.
 */
export function nodeFailure(reference: string, cause: Error, output: readonly string[]): HarnessError {
  const last = output.slice(-toldLines);
  const reason = [cause.message, ...last].join('\n  ');
  if (noPrivilege.some((pattern) => pattern.test(reason))) {
    return new CannotRunHere(
      `The k3s node (${reference}) may not run here: ${reason}\nIt is a privileged container; use a Docker that may ` +
        'start one (not a rootless one, nor one with user namespaces), and check with: docker run --rm --privileged <any image> true',
      { cause },
    );
  }
  return new HarnessError(`The k3s node (${reference}) did not start: ${reason}\nSee: docker ps -a`, { cause });
}

/**
 * The images in a node's containerd, which responds some seconds before the node is Ready.
 * @param signal cancels the wait, for example when the node failed to start.
 */
export function imagesIn(
  docker: Pick<Docker, 'exec'>,
  container: string,
  { signal, timeoutMs = containerdMs }: { signal: AbortSignal; timeoutMs?: number },
): Promise<ReadonlySet<string>> {
  let refusal: unknown;
  return until(
    () =>
      docker.exec(container, ['k3s', 'ctr', 'images', 'ls', '-q']).then(
        (names) => new Set(names.split(/\s+/)),
        (error: unknown) => void (refusal = error),
      ),
    {
      timeoutMs,
      intervalMs: containerdPollMs,
      failure: () =>
        new HarnessError(
          `containerd does not answer in the node: ${(refusal as Error).message}\nSee: docker logs ${container}`,
          { cause: refusal },
        ),
      signal,
    },
  );
}

/** Imports missing images into a node's containerd, even while the node starts. */
export async function importImages(
  docker: Docker,
  container: string,
  references: readonly string[],
  { onProgress, signal }: { onProgress: (line: string) => void; signal: AbortSignal },
): Promise<void> {
  const present = await imagesIn(docker, container, { signal });
  const missing = references.filter((reference) => !present.has(canonical(reference)));
  if (missing.length === 0) return;
  const startedAt = performance.now();
  // Not compressed: `ctr` on a node cannot read zstd, and compressing takes longer than copying.
  await docker.pipe(container, ['k3s', 'ctr', 'images', 'import', '-'], await docker.saved(missing));
  onProgress(`${missing.length} images imported into the node (${duration(performance.now() - startedAt)})`);
}

/** The process of a container in its node, by the container's id: it is the same as long as the container runs. */
const processOf = new Map<string, string>();

/**
 * Signals a container's process from outside its namespaces. From there, SIGKILL also reaches process 1. With the node's own
 * `kill`, because `k3s ctr` takes several times as long to start, and a test may be about the time between two signals.
 */
export async function signalContainer(
  docker: Docker,
  node: string,
  containerId: string,
  signal: NodeJS.Signals,
): Promise<void> {
  if (!processOf.has(containerId))
    for (const line of (await docker.exec(node, ['k3s', 'ctr', 'tasks', 'ls'])).split('\n')) {
      const [id = '', pid = ''] = line.split(/\s+/);
      if (Number(pid) > 0) processOf.set(id, pid);
    }
  const pid = processOf.get(containerId);
  if (!pid) throw new HarnessError(`The container ${containerId} has no process. See: npm run fleet -- status`);
  await docker.exec(node, ['sh', '-c', `kill -s ${signal.slice('SIG'.length)} ${pid}`]);
}

/** Names an image by its digest as well, as if it had been pulled by it. @returns the digest */
export async function digestInNode(docker: Docker, node: string, reference: string): Promise<string> {
  const { name, digest: known } = parseImage(canonical(reference));
  if (known) return known;
  const ctr = (...args: string[]) => docker.exec(node, ['k3s', 'ctr', 'images', ...args]);
  const [digest = ''] = /sha256:[0-9a-f]{64}/.exec(await ctr('ls', `name==${canonical(reference)}`)) ?? [];
  await ctr('tag', '--force', canonical(reference), `${name}@${digest}`);
  return digest;
}
