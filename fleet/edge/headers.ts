import type { IncomingMessage } from 'node:http';

/** Raw headers in node:http's format: name, value, name, value …, with order and duplicates kept. */
export type RawHeaders = string[];

/**
 * Hop-by-hop headers (RFC 9110 section 7.6.1), and the proxy credentials of section 11.7, which are for the edge only.
 * `Trailer` is among them because the edge drops trailers (allowed by section 6.5.1).
 */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The edge is the outermost proxy, so it does not trust a client's forwarding headers. */
const forwarded = new Set(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto']);

export const isChunked = (message: IncomingMessage): boolean => message.headers['transfer-encoding'] !== undefined;

/** The value of a header; several are joined, none is empty. */
export function headerOf(message: IncomingMessage, name: string): string {
  const value = message.headers[name];
  return Array.isArray(value) ? value.join(', ') : (value ?? '');
}

/** Methods for which node:http sends no body by default. */
const bodiless = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE']);

/** Headers for the upstream: end-to-end headers, the body's framing and the forwarding headers. */
export function upstreamHeaders(
  request: IncomingMessage,
  origin: { scheme: string; authority: string; clientAddress: string },
): RawHeaders {
  const headers: RawHeaders = ['Host', origin.authority];
  copyEndToEnd(request, headers, (name) => name !== 'host' && !forwarded.has(name));
  if (isChunked(request)) {
    headers.push('Transfer-Encoding', 'chunked');
  } else if (request.headers['content-length'] === undefined && !bodiless.has(request.method ?? 'GET')) {
    headers.push('Content-Length', '0');
  }
  headers.push('X-Forwarded-For', origin.clientAddress);
  headers.push('X-Forwarded-Host', origin.authority);
  headers.push('X-Forwarded-Proto', origin.scheme);
  return headers;
}

/** Headers for the client. node:http frames the body for this hop. */
export function clientHeaders(response: IncomingMessage): RawHeaders {
  const headers: RawHeaders = [];
  copyEndToEnd(response, headers, () => true);
  return headers;
}

function copyEndToEnd(message: IncomingMessage, into: RawHeaders, keep: (name: string) => boolean): void {
  const raw = message.rawHeaders;
  const perConnection = namedByConnection(message.headers.connection);
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const lower = name.toLowerCase();
    if (hopByHop.has(lower) || perConnection.has(lower) || lower.startsWith('x-edge-') || !keep(lower)) continue;
    into.push(name, raw[index + 1] ?? '');
  }
}

const none: ReadonlySet<string> = new Set();

function namedByConnection(value: string | undefined): ReadonlySet<string> {
  if (value === undefined || value === 'keep-alive' || value === 'close') return none;
  return new Set(value.split(',').map((token) => token.trim().toLowerCase()));
}
