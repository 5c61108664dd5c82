import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { Endpoint } from '../../edge/row.ts';

type SessionAffinity = 'None' | 'ClientIP';

/**
 * Replaces kube-proxy at a Service port: a stable address whose connections go to the endpoints in turn. It chooses per
 * connection, not per request, and does not retry: the client sees an endpoint that refuses.
 */
export class ServiceProxy {
  readonly host: string;
  #port = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #endpoints: () => readonly Endpoint[];
  /** The pod that a client's address is kept on; undefined without `sessionAffinity: ClientIP`. */
  readonly #affinity: Map<string, string> | undefined;
  #turn = 0;

  private constructor(host: string, endpoints: () => readonly Endpoint[], affinity: SessionAffinity) {
    this.host = host;
    this.#endpoints = endpoints;
    this.#affinity = affinity === 'ClientIP' ? new Map() : undefined;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  static async listen(
    host: string,
    port: number,
    endpoints: () => readonly Endpoint[],
    affinity: SessionAffinity = 'None',
  ): Promise<ServiceProxy> {
    const proxy = new ServiceProxy(host, endpoints, affinity);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(port, host, resolve);
    });
    // A closed server has no address, but callers may still need it while the fleet is being taken down.
    proxy.#port = (proxy.#server.address() as AddressInfo).port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  #accept(client: Socket): void {
    this.#track(client);
    const endpoint = this.#choose(client.remoteAddress ?? '');
    if (!endpoint) {
      // Resets the accepted connection, which is closest to refusing it.
      client.resetAndDestroy();
      return;
    }
    const upstream = connect({ host: endpoint.host, port: endpoint.port, allowHalfOpen: true, noDelay: true });
    this.#track(upstream);
    // A reset, as the client would see without a proxy. It must come before the pipelines close the connection cleanly.
    upstream.once('error', () => client.resetAndDestroy());
    // A failure of one direction ends both. A clean end of one leaves the other open.
    const close = (error: Error | null | undefined): void => {
      if (!error) return;
      client.destroy();
      upstream.destroy();
    };
    pipeline(client, upstream, close);
    pipeline(upstream, client, close);
  }

  #choose(address: string): Endpoint | undefined {
    const endpoints = this.#endpoints();
    const kept = endpoints.find(({ pod }) => pod === this.#affinity?.get(address));
    const endpoint = kept ?? endpoints[this.#turn++ % Math.max(1, endpoints.length)];
    if (endpoint) this.#affinity?.set(address, endpoint.pod);
    return endpoint;
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
