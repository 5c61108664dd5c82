import { createServer, isIPv6, type AddressInfo, type Server, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PortForward, type V1Pod, type V1Service } from '@kubernetes/client-node';
import { WebSocketHandler } from '@kubernetes/client-node/dist/web-socket-handler.js';
import { WebSocket } from 'ws';
import type { KubernetesApi } from './api.ts';
import { isReady } from './pods.ts';

export interface Address {
  host: string;
  port: number;
}

/** The host of a URL: an IPv6 address in brackets (RFC 3986 section 3.2.2). */
export const addressUrl = ({ host, port }: Address): string => `http://${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** How long a connection waits for a Ready pod and for the API, milliseconds. */
const waitMs = 20_000;
const handshakeMs = 5_000;
const pollIntervalMs = 250;
/** Maximum age of the list of pods, milliseconds. Not older than the list of a node's proxy. */
const freshMs = 500;
interface Backends {
  service: V1Service;
  ready: V1Pod[];
}

/** There is no endpoint yet: the connection waits, and another pod is tried. */
class NoReadyEndpoint extends Error {}

/**
 * Local TCP addresses that are forwarded to Services through the Kubernetes API, for a cluster that is reachable only
 * through its API. Like kube-proxy it chooses a Ready pod for each connection, in turn. Each connection has its own
 * WebSocket: connections do not affect each other, and a new connection after a pod was replaced reaches the new pod.
 */
export class PortForwarder implements AsyncDisposable {
  readonly #api: KubernetesApi;
  readonly #namespace: string;
  readonly #forward: PortForward;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #backends = new Map<string, { at: number; backends: Promise<Backends> }>();
  #turn = 0;

  constructor(api: KubernetesApi, namespace: string) {
    this.#api = api;
    this.#namespace = namespace;
    const connect = (url: string, protocols: string[], options: WebSocket.ClientOptions) =>
      new WebSocket(url, protocols, { ...options, handshakeTimeout: handshakeMs, perMessageDeflate: false });
    this.#forward = new PortForward(api.config, true, new WebSocketHandler(api.config, connect as never));
  }

  /** Listens on a free port of 127.0.0.1 for connections to a Service's port. The Service may be created later. */
  async listen(service: string, port: number): Promise<Address> {
    const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // Each error is followed by `close`, which closes the other side.
      socket.on('error', () => {});
      void this.#carry(socket, service, port);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  /** Lets the process exit while its servers still listen. */
  unref(): this {
    for (const server of this.#servers) server.unref();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  async #carry(socket: Socket, service: string, port: number): Promise<void> {
    const deadline = Date.now() + waitMs;
    while (!socket.destroyed && Date.now() < deadline) {
      try {
        const target = await this.#target(service, port);
        await this.#join(socket, target);
        return;
      } catch {
        // No Service yet, no Ready pod, or an API that does not respond: all of these may be temporary.
        this.#backends.delete(service);
        await delay(pollIntervalMs);
      }
    }
    socket.destroy();
  }

  /** The next Ready pod of the Service, and its container's port. */
  async #target(name: string, port: number): Promise<{ pod: string; port: number }> {
    const { service, ready } = await this.#known(name);
    const pod = ready[this.#turn++ % ready.length];
    const target = pod && containerPort(service, pod, port);
    if (!pod?.metadata?.name || target === undefined) throw new NoReadyEndpoint();
    return { pod: pod.metadata.name, port: target };
  }

  /** The Service's Ready pods, cached for a short time. */
  #known(name: string): Promise<Backends> {
    const known = this.#backends.get(name);
    if (known && Date.now() - known.at < freshMs) return known.backends;
    const backends = this.#ask(name);
    this.#backends.set(name, { at: Date.now(), backends });
    return backends;
  }

  async #ask(name: string): Promise<Backends> {
    const namespace = this.#namespace;
    const service = await this.#api.core.readNamespacedService({ namespace, name });
    const labelSelector = Object.entries(service.spec?.selector ?? {})
      .map(([label, value]) => `${label}=${value}`)
      .join(',');
    const { items } = await this.#api.core.listNamespacedPod({ namespace, labelSelector });
    return { service, ready: items.filter((pod) => isReady(pod) && !pod.metadata?.deletionTimestamp) };
  }

  /** Resolves when the WebSocket is open; rejects when it fails to open. */
  async #join(socket: Socket, { pod, port }: { pod: string; port: number }): Promise<void> {
    // The pod refuses or is gone. Handled as a connection reset.
    const errors = new Writable({
      write(message: Buffer, _encoding, done) {
        if (message.length > 0) socket.resetAndDestroy();
        done();
      },
    });
    const tunnel = (await this.#forward.portForward(this.#namespace, pod, [port], socket, errors, socket)) as WebSocket;
    tunnel.on('close', () => socket.end());
    socket.once('close', () => tunnel.close());
    if (socket.destroyed) tunnel.close();
    else socket.resume();
  }
}

/** A Service's `targetPort` is a number or the name of a container port. When absent, it is the Service port itself. */
function containerPort(service: V1Service, pod: V1Pod, port: number): number | undefined {
  const declared = service.spec?.ports?.find((candidate) => candidate.port === port);
  if (!declared) return undefined;
  const target = declared.targetPort ?? port;
  if (typeof target === 'number') return target;
  const ports = pod.spec?.containers.flatMap((container) => container.ports ?? []);
  return ports?.find(({ name }) => name === target)?.containerPort;
}
