import { Agent, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { parseCookie } from 'cookie-es';
import type { ProxyRequest } from './proxy-request.ts';
import { isUnder } from './routing.ts';
import type { Endpoint, Pin, Route } from './row.ts';

export interface Backend {
  endpoint: Endpoint;
  agent: Agent;
  /**
   * For an endpoint that uses TLS. The certificate must be one for `servername`, or for the host of the request without
   * it, and issued by the authority of this PEM, or by one that Node trusts without it.
   */
  tls?: { ca?: string; servername?: string };
}

const maxFreeSockets = 1_024;

type Choosing = Pick<ProxyRequest, 'path' | 'client' | 'requestPin'> & { service: string };

export type Choice =
  { backend: Backend; pinned: boolean } | { error: 'NO_ENDPOINTS' | 'PIN_NOT_AN_ENDPOINT'; pod: string };

/** Chooses the pod of a request: it holds the endpoints by service, the round robin, and the pins of clients. */
export class Backends {
  readonly #services = new Map<string, { backends: Backend[]; turn: number }>();
  readonly #pins = new Map<string, readonly Pin[]>();

  /**
   * Replaces a service's endpoints. An endpoint that stays keeps its connections. For a removed endpoint, requests in
   * flight continue, as with kube-proxy or Traefik, and idle connections are closed.
   */
  replace(name: string, endpoints: readonly Endpoint[]): void {
    const service = this.#services.get(name) ?? { backends: [], turn: 0 };
    const before = service.backends;
    service.backends = endpoints.map(
      (endpoint) => before.find((backend) => isDeepStrictEqual(backend.endpoint, endpoint)) ?? connectTo(endpoint),
    );
    for (const backend of before) if (!service.backends.includes(backend)) retire(backend.agent);
    this.#services.set(name, service);
  }

  pin(client: string, pins: readonly Pin[]): void {
    this.#pins.set(client, pins);
  }

  /** @param stickyPodName the pod in the client's sticky cookie; used only while it is an endpoint. */
  choose(request: Choosing, stickyPodName?: string): Choice {
    const service = this.#services.get(request.service);
    const pod = this.pinnedPod(request);
    if (pod) {
      const backend = service?.backends.find((candidate) => candidate.endpoint.pod === pod);
      return backend ? { backend, pinned: true } : { error: 'PIN_NOT_AN_ENDPOINT', pod };
    }
    const stuck = stickyPodName && service?.backends.find(({ endpoint }) => endpoint.pod === stickyPodName);
    if (stuck) return { backend: stuck, pinned: false };
    const backend = service?.backends[service.turn++ % service.backends.length];
    return backend ? { backend, pinned: false } : { error: 'NO_ENDPOINTS', pod: '' };
  }

  /** The pod that the request or a pin of its client names; empty for none. */
  pinnedPod({ service, path, client, requestPin }: Choosing): string {
    const pin = this.#pins.get(client)?.find((one) => one.service === service && isUnder(path, one.path ?? '/'));
    return requestPin || (pin?.pod ?? '');
  }

  close(): void {
    for (const service of this.#services.values()) for (const { agent } of service.backends) agent.destroy();
  }
}

/**
 * Node's Agent follows an upstream's `Keep-Alive: timeout` hint and closes the idle connection three seconds earlier (Traefik
 * and the pods are five seconds apart; one second is too little on a busy machine). So a reset on a reused connection
 * means that the upstream is gone. A server outside the fleet may give no hint, so no connection to it is kept.
 */
function connectTo(endpoint: Endpoint): Backend {
  const options = { keepAlive: endpoint.outside === undefined, maxFreeSockets, agentKeepAliveTimeoutBuffer: 3_000 };
  return endpoint.outside === 'https'
    ? // Node 26 refuses an address as the name of a server (RFC 6066, section 3).
      { endpoint, agent: new TlsAgent(options), tls: { servername: isIP(endpoint.host) ? '' : endpoint.host } }
    : { endpoint, agent: new Agent(options) };
}

/** Closes idle connections now, busy ones when they become idle. `Agent.destroy()` would abort requests in flight. */
function retire(agent: Agent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}

export interface IngressOptions {
  host: string;
  ports: Readonly<Record<Route['entryPoint'], number>>;
  /** PEM of the authority that issued the ingress's certificates. */
  ca: string;
}

/**
 * The entry points of a cluster's own ingress (Traefik), which chooses the pod of every request that is not pinned. The
 * edge does not know that pod, so its rows have an empty `pod`; `x-served-by` of the response names the pod.
 */
export type ClusterIngress = Readonly<Record<Route['entryPoint'], Backend>>;

/**
 * Traefik closes a connection that was idle for 180 s, and gives no `Keep-Alive: timeout` hint. The edge closes it
 * long before, so that no request meets that end.
 * @param idleMs how long the edge keeps an idle connection; a request that takes longer is not affected.
 */
export function ingressAt({ host, ports, ca }: IngressOptions, idleMs = 30_000): ClusterIngress {
  const options = { keepAlive: true, maxFreeSockets, timeout: idleMs };
  return {
    web: { endpoint: { pod: '', host, port: ports.web }, agent: new Agent(options) },
    websecure: {
      endpoint: { pod: '', host, port: ports.websecure },
      agent: new TlsAgent({ ...options, ca }),
      tls: { ca },
    },
  };
}

/** Traefik's default name: an underscore and a unique part. */
const stickyCookie = '_edge_pod';

/** The pod in a client's sticky cookie; undefined for none. */
export const stickyPod = (cookies = ''): string | undefined => parseCookie(cookies)[stickyCookie];

export function setStickyCookie(pod: string, reply: IncomingMessage): void {
  reply.rawHeaders.push('Set-Cookie', `${stickyCookie}=${pod}; Path=/`);
}
