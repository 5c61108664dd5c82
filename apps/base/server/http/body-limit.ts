import type { IncomingHttpHeaders } from 'node:http';

/** Bytes. No route of the apps takes more than an empty form. */
export const bodyLimit = 4096;

/** Whether a body is too large, or may become so: a chunked body has no length, and no browser sends one. */
export const isTooLarge = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > bodyLimit;
