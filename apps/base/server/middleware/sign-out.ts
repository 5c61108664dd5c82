import { routeOf } from '../http/routes.ts';
import { isSameOrigin } from '../http/same-origin.ts';

/** Accepts a sign-out only from the form on the app's own pages (docs/decisions/0013-sign-out-is-a-post.md). */
export default defineEventHandler((event) => {
  if (routeOf(event).match !== 'sign-out') return;
  const own = new URL(useRuntimeConfig(event).public.ownUrl).origin;
  const isOwnForm = event.method === 'POST' && isSameOrigin(event.node.req.headers, own);
  if (!isOwnForm) return sendRedirect(event, '/sign-out', 303);
});
