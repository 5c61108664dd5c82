import { STATUS_CODES } from 'node:http';
import { createError } from 'h3';
import { signInFailures } from '../../shared/utils/sign-in-failures.ts';

/** An error response. The message is a sentence for the user. */
export const failure = (status: number, message: string, cause?: unknown) =>
  createError({ statusCode: status, statusMessage: STATUS_CODES[status] ?? '', message, cause });

/** The session ended because it was idle for longer than its limit. The page reads that from `data.reason`. */
export const wasIdle = () => Object.assign(failure(401, signInFailures.idle), { data: { reason: 'idle' } });

export const notSignedIn = () => failure(401, 'You are not signed in.');
