import { bareFailure } from '../http/failure.ts';
import { routeOf } from '../http/routes.ts';

/**
 * Refuses every path that the apps do not serve, and every other spelling of the paths that they do
 * (docs/decisions/0010).
 */
export default defineEventHandler((event) => {
  const request = routeOf(event);
  if (request.match === 'not found') throw bareFailure(event, 404, 'There is no such address.');
  if (request.match === 'respelled') return sendRedirect(event, request.target, 308);
  if (request.match !== 'wrong method') return;
  setResponseHeader(event, 'allow', request.allow.join(', '));
  throw bareFailure(event, 405, 'This method is not allowed here.');
});
