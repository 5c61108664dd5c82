import { STATUS_CODES } from 'node:http';
import { createError, type H3Event } from 'h3';
import { signInFailure } from '../../shared/utils/sign-in-failures.ts';
import { reasonNamed, sessionReasons, type SessionReason } from '../../../environment/session-reasons.ts';

/** An error response. The message is a sentence for the user. */
export const failure = (status: number, message: string, cause?: unknown) =>
  createError({ statusCode: status, statusMessage: STATUS_CODES[status] ?? '', message, cause });

/** An error that no user sees: as JSON, because a page takes ten times the CPU to render. */
export const bareFailure = (event: H3Event, ...error: Parameters<typeof failure>) => {
  // Nuxt renders an error page for requests that accept HTML.
  event.node.req.headers.accept = 'application/json';
  return failure(...error);
};

/** h3 puts the URL of the request into the body of an error, and the query of a callback contains an unredeemed code. */
export const hideQuery = ({ node: { req }, path }: H3Event): void => {
  Object.assign(req, { originalUrl: path.replace(/\?.*/, '') });
};

/** Ends a line of the log: the id with which the client and platform-api's log name the request. */
export const inRequest = ({ context }: H3Event): string => ` (request ${context.requestId})`;

/** An error whose body has the reason in `data.reason`. */
const withReason = (error: ReturnType<typeof failure>, reason: SessionReason) =>
  Object.assign(error, { data: { reason } });

/** The 401 of a request without a session. `data.failed` is what the sign-in page says, where an open page goes then. */
export const notSignedIn = (reason: SessionReason) => {
  const { page: failed } = sessionReasons[reason];
  const error = failure(401, signInFailure(failed) ?? 'You are not signed in.');
  return Object.assign(error, { data: { reason, failed } });
};

/** The 503 of a request whose session the store does not give or keep. */
export const storeUnavailable = (
  cause: unknown,
  message = 'We cannot check your sign-in right now. Please try again in a moment.',
) => withReason(failure(503, message, cause), 'store-unavailable');

/** The 503 of a request whose session needs new tokens and does not get them. */
export const notRenewed = (cause: unknown) => {
  const message = 'Your session cannot be renewed right now. Please try again in a moment.';
  return reasonOf(cause) ? storeUnavailable(cause, message) : withReason(failure(503, message, cause), 'not-renewed');
};

/** Why the session of a request cannot be used now, if that is what an error says. */
export const reasonOf = (error: unknown): SessionReason | undefined => {
  const reason = reasonNamed((error as { data?: { reason?: unknown } } | undefined)?.data?.reason);
  return reason && sessionReasons[reason].status === 503 ? reason : undefined;
};
