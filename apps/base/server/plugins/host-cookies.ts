import { changeCookies } from '../http/before-headers.ts';
import { cookieForBrowser, cookiesForServer, sessionHeaders } from '../nuxt-oidc-auth/host-cookies.ts';

/**
 * Adds the prefix `__Host-` to the sign-in and session cookies in browsers; server code sees them without it. A session
 * is accepted only from its cookie.
 */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers } = event.node.req;
    for (const name of sessionHeaders) delete headers[name];
    if (headers.cookie !== undefined) headers.cookie = cookiesForServer(headers.cookie);
    changeCookies(event.node.res, cookieForBrowser);
  });
});
