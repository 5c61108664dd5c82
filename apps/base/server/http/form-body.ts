import { setTimeout as delay } from 'node:timers/promises';
import { readRawBody, setResponseHeader, type H3Event } from 'h3';
import { failure } from './failure.ts';

/** Milliseconds for a body of at most 4 KiB. */
const timeoutMs = 2000;

/**
 * The fields of a form. Throws a 408 when the body does not come, because a request that is never complete would hold the
 * end of a pod until its time-out.
 */
export const formBody = async (event: H3Event): Promise<URLSearchParams> => {
  const late = Symbol('late');
  const body = await Promise.race([readRawBody(event), delay(timeoutMs, late, { ref: false })]).catch(
    (cause: unknown) => {
      // Nobody is there for an answer, and any other error would be printed with its stack.
      throw failure(400, 'The body of this request was cut off.', cause);
    },
  );
  if (typeof body !== 'symbol') return new URLSearchParams(body);
  setResponseHeader(event, 'connection', 'close');
  throw failure(408, 'The body of this request did not come.');
};
