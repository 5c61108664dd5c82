import type { IncomingHttpHeaders } from 'node:http';

/** Bytes. The largest body that a route of the apps needs is a logout token of Authentik. */
export const bodyLimit = 4096;

/** Whether a body is or may become too large. A chunked body has no declared length, and browsers do not send one. */
export const isTooLarge = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > bodyLimit;
