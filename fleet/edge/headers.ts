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
  const hasLength = request.headers['content-length'] !== undefined;
  const emptyBody = hasLength || bodiless.has(request.method ?? 'GET') ? [] : ['Content-Length', '0'];
  return [
    ['Host', origin.authority],
    endToEnd(request, (name) => name !== 'host' && !forwarded.has(name)),
    isChunked(request) ? ['Transfer-Encoding', 'chunked'] : emptyBody,
    ['X-Forwarded-For', origin.clientAddress],
    ['X-Forwarded-Host', origin.authority],
    ['X-Forwarded-Proto', origin.scheme],
  ].flat();
}

/** The headers of a message without those of its hop. node:http frames the body of a response for the client's. */
export function endToEnd(message: IncomingMessage, keep: (name: string) => boolean = () => true): RawHeaders {
  const raw = message.rawHeaders;
  const perConnection = (message.headers.connection ?? '').split(',').map((token) => token.trim().toLowerCase());
  const dropped = new Set([...hopByHop, ...perConnection]);
  return raw.flatMap((name, index) => {
    if (index % 2 === 1) return [];
    const lower = name.toLowerCase();
    if (dropped.has(lower) || lower.startsWith('x-edge-') || !keep(lower)) return [];
    return [name, raw[index + 1] ?? ''];
  });
}
