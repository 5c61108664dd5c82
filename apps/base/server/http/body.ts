import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { readRawBody, setResponseHeader, type H3Event } from 'h3';
import { bareFailure } from './failure.ts';

/** Bytes. The largest body that a route of the apps needs is a logout token of Authentik. */
export const bodyLimit = 4096;

/** Whether a body is or may become too large. A chunked body has no declared length, and browsers do not send one. */
export const isTooLarge = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > bodyLimit;

/** Milliseconds for a body of at most 4 KiB. */
const timeoutMs = 2000;

/**
 * The fields of a form. Throws a 408 when the body does not arrive, because a request that is never complete would
 * delay the shutdown of the pod until the request times out.
 */
export const formBody = async (event: H3Event): Promise<URLSearchParams> => {
  const late = Symbol('late');
  const body = await Promise.race([readRawBody(event), delay(timeoutMs, late, { ref: false })]).catch(
    (cause: unknown) => {
      // The client is gone, and h3 would log any other error with its stack trace.
      throw bareFailure(event, 400, 'The request body is incomplete.', cause);
    },
  );
  if (typeof body !== 'symbol') return new URLSearchParams(body);
  setResponseHeader(event, 'connection', 'close');
  throw bareFailure(event, 408, 'The request body was not received in time.');
};
