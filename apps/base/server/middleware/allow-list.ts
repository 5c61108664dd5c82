import { failure } from '../http/failure.ts';
import { asked } from '../http/routes.ts';

/** Turns away what the apps do not serve, and every spelling but one of what they do (docs/decisions/0010). */
export default defineEventHandler((event) => {
  const request = asked(event);
  if (request.asks === 'nothing') throw failure(404, 'There is no such address.');
  if (request.asks === 'respelled') return sendRedirect(event, request.target, 308);
  if (request.asks !== 'wrong method') return;
  setResponseHeader(event, 'allow', request.allow.join(', '));
  throw failure(405, 'This address cannot be asked for that way.');
});
