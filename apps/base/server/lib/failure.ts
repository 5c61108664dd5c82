import { STATUS_CODES } from 'node:http';
import { createError } from 'h3';

/** An error to answer a request with; the message is a sentence for the person who sees it. */
export const failure = (status: number, message: string, cause?: unknown) =>
  createError({ statusCode: status, statusMessage: STATUS_CODES[status] ?? '', message, cause });

export const notSignedIn = () => failure(401, 'You are not signed in.');
