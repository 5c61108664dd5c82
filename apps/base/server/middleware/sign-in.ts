import { routeOf } from '../http/routes.ts';
import { beforeHeaders } from '../http/before-headers.ts';
import { rememberPage } from '../http/return-page.ts';

/** Runs before nuxt-oidc-auth's sign-in route. */
export default defineEventHandler((event) => {
  if (routeOf(event).match !== 'sign-in') return;
  const { res } = event.node;
  // The module chooses the state.
  beforeHeaders(res, () => {
    const state = URL.parse(String(res.getHeader('location')))?.searchParams.get('state');
    if (state) rememberPage(event, state, getQuery(event).to);
  });
  // The module would store the Referer in its attempt cookie (oidc.js, loginEventHandler). It has no length limit and
  // is not used.
  delete event.node.req.headers.referer;
});
