import type { IncomingMessage } from 'node:http';
import { headerOf } from './headers.ts';
import { decode, redactUrl } from './redact.ts';
import { defaultPort, schemeOf } from './routing.ts';
import type { ClientKind, Route } from './row.ts';

/** Placeholder for a host that the client did not name (RFC 2606 section 2: never a real host). */
export const nameless = 'unnamed.invalid';

export interface Tunnel {
  host: string;
  port: number;
  /** User of `Proxy-Authorization`: a pod's name. Empty for other clients. */
  pod: string;
  clientAddress: string;
  entryPoint: Route['entryPoint'];
  requests: number;
}

/** A client's request to the edge, in any of the request forms for proxies (RFC 9112 section 3.2). */
export interface ProxyRequest {
  method: string;
  entryPoint: Route['entryPoint'];
  /** Lower case, without port. */
  host: string;
  port: number;
  /** Host and port as the client wrote them, for `Host` and `X-Forwarded-Host`. */
  authority: string;
  target: string;
  path: string;
  /** Absolute, redacted: the form in the ledger. */
  url: string;
  client: string;
  kind: ClientKind;
  /** Pod named by `x-edge-pin`; empty for none. */
  requestPin: string;
  /** Address of the client, for `X-Forwarded-For`; `x-edge-address` names another one than that of its connection. */
  clientAddress: string;
}

/**
 * Reads a request; undefined when it is not a proxy request.
 * @param isInside whether a host belongs to the fleet. For a tunnel to a host outside, the host is the tunnel's and not
 *   the one in `Host`, because that is where the request would have gone.
 */
export function readProxyRequest(
  request: IncomingMessage,
  tunnel: Tunnel | undefined,
  isInside: (host: string) => boolean,
): ProxyRequest | undefined {
  const destination = tunnel ? throughTunnel(request, tunnel, isInside) : absoluteForm(request);
  if (!destination) return undefined;
  const { entryPoint, host, port, target } = destination;
  const scheme = schemeOf[entryPoint];
  const suffix = port === defaultPort[entryPoint] ? '' : `:${port}`;
  return {
    ...destination,
    method: request.method ?? 'GET',
    path: target.split('?', 1)[0] ?? '/',
    url: redactUrl(`${scheme}://${host}${suffix}${target}`),
    ...clientOf(request, tunnel?.pod ?? proxyUser(request)),
    requestPin: headerOf(request, 'x-edge-pin'),
    clientAddress: headerOf(request, 'x-edge-address') || (tunnel?.clientAddress ?? request.socket.remoteAddress ?? ''),
  };
}

type Destination = Pick<ProxyRequest, 'entryPoint' | 'host' | 'port' | 'authority' | 'target'>;

function throughTunnel(
  request: IncomingMessage,
  tunnel: Tunnel,
  isInside: (host: string) => boolean,
): Destination | undefined {
  const target = request.url ?? '/';
  if (!target.startsWith('/') && target !== '*') return undefined;
  const { entryPoint, port } = tunnel;
  const header = request.headers.host;
  // Without TLS the request alone names a host.
  const isPlain = tunnel.host === nameless && entryPoint === 'web';
  const authority = header && (isPlain || isInside(tunnel.host)) ? header : tunnel.host;
  return { entryPoint, host: hostOf(authority), port, authority, target };
}

/** RFC 9112 section 3.2.2: the target's authority is used, and the `Host` header is ignored. */
function absoluteForm(request: IncomingMessage): Destination | undefined {
  const parts = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#]+)([^#]*)/i.exec(request.url ?? '');
  if (!parts) return undefined;
  const [, scheme = '', authority = '', rest = ''] = parts;
  const entryPoint = scheme.toLowerCase() === 'https' ? 'websecure' : 'web';
  const port = Number(/:(\d+)$/.exec(authority)?.[1] ?? defaultPort[entryPoint]);
  return { entryPoint, host: hostOf(authority), port, authority, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** Host name of `host[:port]` or `[v6][:port]`, in lower case and without the root's dot. */
const hostOf = (authority: string): string =>
  authority
    .replace(/:\d*$/, '')
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();

/** Splits a CONNECT target; undefined when it is malformed (RFC 9112 section 3.2.3: the port is required). */
export function parseConnectTarget(target: string): { host: string; port: number } | undefined {
  const port = Number(/:(\d{1,5})$/.exec(target)?.[1]);
  const host = hostOf(target);
  return host && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** User name of `Proxy-Authorization: Basic`; empty without one. */
export function proxyUser(request: IncomingMessage): string {
  const encoded = /^basic +(\S+)$/i.exec(request.headers['proxy-authorization'] ?? '')?.[1];
  if (!encoded) return '';
  // Clients take the user from a proxy URL. Not all of them decode its percent-encoding.
  return decode(Buffer.from(encoded, 'base64').toString().split(':', 1)[0] ?? '');
}

function clientOf(request: IncomingMessage, pod: string): Pick<ProxyRequest, 'client' | 'kind'> {
  if (pod) return { client: pod, kind: 'pod' };
  const kind = headerOf(request, 'x-edge-kind');
  return {
    client: headerOf(request, 'x-edge-client'),
    kind: kind === 'browser' || kind === 'api' ? kind : 'unknown',
  };
}
