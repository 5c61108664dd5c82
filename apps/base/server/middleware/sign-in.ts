import { routeOf } from '../http/routes.ts';
import { rememberPage } from '../http/return-cookie.ts';

/** Goes before nuxt-oidc-auth's sign-in route. */
export default defineEventHandler((event) => {
  if (routeOf(event).match !== 'sign-in') return;
  rememberPage(event, getQuery(event).to);
  // The module would keep it in its cookie of the attempt (oidc.js, loginEventHandler): any length, for no use.
  delete event.node.req.headers.referer;
});
