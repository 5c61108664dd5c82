import { STATUS_CODES } from 'node:http';
import { createError } from 'h3';
import { signInFailure } from '../../shared/utils/sign-in-failures.ts';

/** An error to answer a request with; the message is a sentence for the person who sees it. */
export const failure = (status: number, message: string, cause?: unknown) =>
  createError({ statusCode: status, statusMessage: STATUS_CODES[status] ?? '', message, cause });

/** A session that was idle for longer than its limit has ended; `data.reason` says so to the page. */
export const wasIdle = () => Object.assign(failure(401, signInFailure('idle') ?? ''), { data: { reason: 'idle' } });

export const notSignedIn = () => failure(401, 'You are not signed in.');
