import type { ServerResponse } from 'node:http';
import type { ProxyRequest } from './proxy-request.ts';

export interface EdgeResponse {
  status: number;
  /** The cause and where to look, for a reader. */
  text: string;
  /** Sent as `x-edge-error`, so that a client can tell the edge's response from the product's. */
  error?: string;
  location?: string;
}

export function respond(response: ServerResponse, { status, text, error, location }: EdgeResponse): void {
  const body = `${text}\n`;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...(error ? { 'x-edge-error': error } : {}),
    ...(location ? { location } : {}),
  });
  response.end(body);
}

export const notAProxyRequest = (port: number): EdgeResponse => ({
  status: 400,
  text:
    'This is the edge of a fleet, a forward proxy. Name it as the proxy of your client, for example: ' +
    `curl --proxy http://127.0.0.1:${port} --cacert <the run's ca.pem> https://<host of the fleet>/`,
});

export const egress = ({ host, url }: ProxyRequest): EdgeResponse => ({
  status: 421,
  text:
    `${host} is not a host of this fleet, so the edge refused and recorded ${url}. ` +
    'Look for a URL that is hard-coded or left at its development default.',
});

export const noRoute = ({ host, path, entryPoint }: ProxyRequest): EdgeResponse => ({
  status: 404,
  error: 'NO_ROUTE',
  text: `No route of the fleet covers ${path} of ${host} on ${entryPoint}. Look at the Ingress rules of that host.`,
});

/** Like Traefik's RedirectScheme with `permanent`: 308 keeps the method of a request with a body (RFC 9110 15.4.9). */
export const toHttps = ({ method, host, target }: ProxyRequest): EdgeResponse => ({
  status: method === 'GET' || method === 'HEAD' ? 301 : 308,
  location: `https://${host}${target}`,
  text: `Moved to https://${host}.`,
});

export const noPod = (service: string, { error, pod }: { error: string; pod: string }): EdgeResponse => ({
  status: 503,
  error,
  text: pod
    ? `error: ${error}: the request is pinned to ${pod}, which is not (or no longer) an endpoint of ${service}.`
    : `error: ${error}: ${service} has no ready pod to send this to.`,
});
