import { STATUS_CODES } from 'node:http';
import { send, setResponseHeaders, setResponseStatus, type H3Error } from 'h3';
import { defineNitroErrorHandler } from 'nitropack/runtime';
import { ApiError } from '../src/api-error.ts';

const asApiError = (error: H3Error, method: string, path: string): ApiError => {
  if (error.cause instanceof ApiError) return error.cause;
  if (error.statusCode === 404) return new ApiError('not_found', `There is nothing at ${path}.`);
  if (error.statusCode === 405) return new ApiError('method_not_allowed', `${path} does not support ${method}.`);
  if (error.statusCode < 500) return new ApiError('bad_request', 'The request is malformed.');
  return new ApiError('internal_error', 'Something went wrong here; the log has the details.');
};

/** Gives every error the same body ({@link ApiError.body}), and logs the errors that the caller did not cause. */
export default defineNitroErrorHandler((error, event) => {
  const path = event.path.split('?')[0] ?? '/';
  const answer = asApiError(error, event.method, path);
  const request = `${event.method} ${path} (request ${event.context['requestId']})`;
  if (answer.code === 'internal_error') console.error(`${request}:`, error);
  // The log at startup already names upstreams that are not configured.
  else if (answer.status >= 500 && answer.code !== 'not_configured')
    console.error(`${request}: ${answer.code}: ${answer.message}`);
  setResponseStatus(event, answer.status, STATUS_CODES[answer.status]);
  setResponseHeaders(event, answer.headers);
  return send(event, JSON.stringify(answer.body), 'application/json');
});
