import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createNetServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import type { Authority } from '../run/certificate-authority.ts';
import { egress, noPod, noRoute, notAProxyRequest, respond, toHttps, type EdgeResponse } from './edge-response.ts';
import { readProxyRequest, type ProxyRequest, type Tunnel } from './proxy-request.ts';
import { Backends, setStickyCookie, stickyPod, type Backend, type ClusterIngress } from './backends.ts';
import { forward, maxHeaderSize } from './forward.ts';
import { headerOf } from './headers.ts';
import { Ledger, type OpenRow } from './ledger.ts';
import { defaultPort, RouteTable, schemeOf } from './routing.ts';
import type { LedgerRow } from './row.ts';
import { namesIn, SessionLabels, type SessionSettings } from './session.ts';
import { intercept, openTunnel, type TunnelEvents } from './tunnel.ts';

// Not a library: docs/decisions/0017-one-proxy-of-our-own.md compares it with other proxies.

export interface EdgeOptions {
  authority: Authority;
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** Default: no request has a session. */
  sessions?: SessionSettings;
  /** Chooses the pod of a request that is not pinned. Default: the edge itself, round robin. */
  ingress?: ClusterIngress;
}

type Decision =
  | { service: string; backend: Backend; pinned: boolean; stick?: boolean }
  | { service: string; outcome: LedgerRow['outcome']; response: EdgeResponse };

/** The proxy in front of the fleet: one HTTP/1.1 server that terminates tunnels, and the ledger of all requests. */
export class Edge {
  readonly routes = new RouteTable();
  readonly backends = new Backends();
  readonly ledger = new Ledger();
  /** Name of the pod at an address, for connections without proxy credentials; empty for none. */
  podAt: (address: string) => string = () => '';
  readonly #sessions: SessionLabels;
  readonly #authority: Authority;
  readonly #server: Server;
  /** The tunnel of each connection, by the socket on which its requests arrive. */
  readonly #tunnels = new WeakMap<Duplex, Tunnel>();
  readonly #sockets = new Set<Socket>();
  readonly #ingress: ClusterIngress | undefined;
  #interceptor: NetServer | undefined;
  /** Where hosts are reached without the proxy, which addresses may name to the proxy as well. */
  #directPort: number | undefined;

  constructor({ authority, ingress, sessions = {} }: Omit<EdgeOptions, 'host' | 'port'>) {
    this.#authority = authority;
    this.#sessions = new SessionLabels(sessions);
    this.#ingress = ingress;
    // No timeouts: an idle connection closed by the edge would look like a fault of the fleet.
    this.#server = createServer({
      maxHeaderSize,
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
    });
    this.#server.on('connection', (socket) =>
      this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket))),
    );
    this.#server.on('request', (request, response) => this.#serve(request, response));
    this.#server.on('checkContinue', (request, response) => this.#serve(request, response));
    this.#server.on('connect', (request, socket: Socket, head) => {
      if (head.length > 0) socket.unshift(head);
      openTunnel(request, socket, this.#authority, this.#tunnelEvents);
    });
  }

  /** Listens; rejects with the system's error when that fails. */
  static async start(options: EdgeOptions): Promise<Edge> {
    const edge = new Edge(options);
    edge.#server.listen(options.port, options.host);
    await once(edge.#server, 'listening');
    return edge;
  }

  /** Also accepts connections that clients open to the hosts directly. */
  async intercept(port: number, host: string): Promise<void> {
    this.#interceptor = createNetServer((socket) => {
      this.#sockets.add(socket.once('close', () => this.#sockets.delete(socket)));
      intercept(socket, this.podAt(socket.remoteAddress ?? ''), this.#authority, this.#tunnelEvents);
    }).listen(port, host);
    await once(this.#interceptor, 'listening');
    this.#directPort = port;
  }

  /** Gives the port of {@link intercept} back, for another edge of this machine. */
  stopIntercepting(): void {
    this.#interceptor?.close();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Closes all connections immediately, including those of requests in flight. */
  close(): void {
    this.#server.close();
    this.#interceptor?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.backends.close();
    for (const { agent } of Object.values(this.#ingress ?? {})) agent.destroy();
  }

  readonly #tunnelEvents: TunnelEvents = {
    onOpen: (inner, tunnel) => {
      this.#tunnels.set(inner, tunnel);
      this.#server.emit('connection', inner);
    },
    onClose: (tunnel, error) => this.#recordUnusedTunnel(tunnel, error),
  };

  /** Records a tunnel that carried no request, when its target is outside the fleet or TLS failed. */
  #recordUnusedTunnel(tunnel: Tunnel, error: string): void {
    const { host, port, pod, entryPoint, requests } = tunnel;
    const isEgress = !this.#isInside(host, port, entryPoint);
    if (requests > 0 || (!isEgress && !error)) return;
    const open = this.ledger.begin({
      client: pod,
      kind: pod ? 'pod' : 'unknown',
      method: 'CONNECT',
      url: `${schemeOf[port === defaultPort.web ? 'web' : 'websecure']}://${host}:${port}`,
      outcome: isEgress ? 'egress' : 'edge',
      error: error || 'NO_REQUEST',
    });
    open.end();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const tunnel = this.#tunnels.get(request.socket);
    if (tunnel) tunnel.requests++;
    const proxyRequest = readProxyRequest(request, tunnel, (host) => this.routes.hasHost(host));
    if (!proxyRequest) return respond(response, notAProxyRequest(this.port));

    const cookies = request.headers.cookie;
    const { client, kind, method, url } = proxyRequest;
    const session = this.#sessions.ofRequest(proxyRequest.host, cookies);
    const open = this.ledger.begin({ client, kind, method, url, session, cookies: namesIn(cookies) });
    recordWhenDone(response, open);

    const decision = this.#decide(proxyRequest, stickyPod(cookies));
    open.row.service = decision.service;
    if ('response' in decision) {
      open.row.outcome = decision.outcome;
      open.row.status = decision.response.status;
      open.row.error = decision.response.error ?? '';
      open.row.pinned = decision.response.error === 'PIN_NOT_AN_ENDPOINT';
      return respond(response, decision.response);
    }
    open.row.outcome = 'proxied';
    open.row.pod = decision.backend.endpoint.pod;
    open.row.pinned = decision.pinned;
    forward({
      request,
      response,
      proxyRequest,
      backend: decision.backend,
      open,
      onReply: (reply) => {
        if (decision.stick) setStickyCookie(decision.backend.endpoint.pod, reply);
        const label = this.#sessions.ofResponse(
          proxyRequest.host,
          cookies,
          (name) => headerOf(reply, name),
          reply.headers['set-cookie'] ?? [],
        );
        // A sign-in request belongs to the session that it creates.
        if (label !== '') open.row.session = label;
      },
    });
  }

  #decide(proxyRequest: ProxyRequest, stickyPodName: string | undefined): Decision {
    const { host, path, entryPoint } = proxyRequest;
    if (!this.#isInside(host, proxyRequest.port, entryPoint))
      return { service: '', outcome: 'egress', response: egress(proxyRequest) };
    const route = this.routes.match(host, path, entryPoint);
    const service = route?.service ?? '';
    if (this.#ingress) {
      const isPinned = route && !route.redirectToHttps && this.backends.pinnedPod({ ...proxyRequest, service });
      if (!isPinned) return { service, backend: this.#ingress[entryPoint], pinned: false };
    }
    if (!route) return { service, outcome: 'edge', response: noRoute(proxyRequest) };
    if (route.redirectToHttps) return { service, outcome: 'edge', response: toHttps(proxyRequest) };
    const choice = this.backends.choose({ ...proxyRequest, service }, route.sticky ? stickyPodName : undefined);
    if ('error' in choice) return { service, outcome: 'edge', response: noPod(service, choice) };
    const stick = route.sticky === true && !choice.pinned && choice.backend.endpoint.pod !== stickyPodName;
    return { service, ...choice, stick };
  }

  /** A known host on a port that the fleet does not serve counts as outside the fleet. */
  #isInside(host: string, port: number, entryPoint: Tunnel['entryPoint']): boolean {
    return this.routes.hasHost(host) && (port === defaultPort[entryPoint] || port === this.#directPort);
  }
}

function recordWhenDone(response: ServerResponse, open: OpenRow): void {
  response.once('finish', () => open.end());
  response.once('close', () => {
    if (response.writableFinished) return;
    open.row.error ||= 'CLIENT_ABORTED';
    open.end();
  });
}
