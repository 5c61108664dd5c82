import { hasTooManyParameters } from '../../../environment/parameters.ts';
import { bareFailure } from '../http/failure.ts';
import { routeOf } from '../http/routes.ts';

/**
 * Maximum characters of a request target, except for links to pages and their error pages. Servers should accept 8,000
 * (RFC 9110 section 4.1).
 */
const longest = 8192;
const unlimited: ReadonlySet<string> = new Set(['page', 'error page']);

/**
 * Refuses every path that the apps do not serve, and every other spelling of the paths that they do
 * (docs/decisions/0010).
 */
export default defineEventHandler((event) => {
  const request = routeOf(event);
  const target = event.node.req.url!;
  if (hasTooManyParameters(target) || (!unlimited.has(request.match) && target.length > longest))
    throw bareFailure(event, 414, 'This address is too long.');
  if (request.match === 'not found') throw bareFailure(event, 404, 'There is no such address.');
  if (request.match === 'respelled') return sendRedirect(event, request.target, 308);
  if (request.match !== 'wrong method') return;
  setResponseHeader(event, 'allow', request.allow.join(', '));
  throw bareFailure(event, 405, 'This method is not allowed here.');
});
