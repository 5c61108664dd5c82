import { changeCookies } from '../http/before-headers.ts';
import { cookieForBrowser, cookiesForServer, sessionHeaders } from '../nuxt-oidc-auth/host-cookies.ts';

/** Gives the cookies of sign-in and session the prefix `__Host-` in browsers; server code knows them without. A session comes in nothing else. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers } = event.node.req;
    for (const name of sessionHeaders) delete headers[name];
    if (headers.cookie !== undefined) headers.cookie = cookiesForServer(headers.cookie);
    changeCookies(event.node.res, cookieForBrowser);
  });
});
