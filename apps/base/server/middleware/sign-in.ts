import { asked } from '../lib/routes.ts';
import { rememberPage } from '../lib/return-cookie.ts';

/** Goes before nuxt-oidc-auth's sign-in route. */
export default defineEventHandler((event) => {
  if (asked(event).asks !== 'sign-in') return;
  rememberPage(event, getQuery(event).to);
  // The module would keep it in its cookie of the attempt (oidc.js, loginEventHandler): any length, for no use.
  delete event.node.req.headers.referer;
});
