import { STATUS_CODES } from 'node:http';
import { createError } from 'h3';
import { signInFailure, signInFailureOf } from '../../shared/utils/sign-in-failures.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';

/** An error response. The message is a sentence for the user. */
export const failure = (status: number, message: string, cause?: unknown) =>
  createError({ statusCode: status, statusMessage: STATUS_CODES[status] ?? '', message, cause });

/** The 401 of a request without a session. The page reads the reason from `data.reason`. */
export const notSignedIn = (reason: SessionReason) =>
  Object.assign(failure(401, signInFailure(signInFailureOf(reason)) ?? 'You are not signed in.'), { data: { reason } });

const unavailable = new WeakSet<object>();

/** The 503 of a request whose session the store does not give or keep. */
export const storeUnavailable = (
  cause: unknown,
  message = 'We cannot check your sign-in right now. Please try again in a moment.',
) => {
  const error = failure(503, message, cause);
  unavailable.add(error);
  return error;
};

export const isStoreUnavailable = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && unavailable.has(error);
