import { bareFailure } from '../http/failure.ts';
import { routeOf } from '../http/routes.ts';

/**
 * Characters of a target that is no link to a page, or the error of one. What servers must accept is shorter (RFC 9110 section 4.1), and each
 * of thousands of parameters costs CPU several times.
 */
const longest = 8192;
const linked: ReadonlySet<string> = new Set(['page', 'error page']);

/**
 * Refuses every path that the apps do not serve, and every other spelling of the paths that they do
 * (docs/decisions/0010).
 */
export default defineEventHandler((event) => {
  const request = routeOf(event);
  if (!linked.has(request.match) && event.node.req.url!.length > longest)
    throw bareFailure(event, 414, 'This address is too long.');
  if (request.match === 'not found') throw bareFailure(event, 404, 'There is no such address.');
  if (request.match === 'respelled') return sendRedirect(event, request.target, 308);
  if (request.match !== 'wrong method') return;
  setResponseHeader(event, 'allow', request.allow.join(', '));
  throw bareFailure(event, 405, 'This method is not allowed here.');
});
