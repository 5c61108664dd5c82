import { changeCookies } from '../lib/before-headers.ts';
import { cookieForBrowser, cookiesForServer } from '../lib/host-cookies.ts';

/** Gives the cookies of sign-in and session the prefix `__Host-` in browsers; server code knows them without. */
export default defineNitroPlugin((nitro) => {
  nitro.hooks.hook('request', (event) => {
    const { headers } = event.node.req;
    if (headers.cookie !== undefined) headers.cookie = cookiesForServer(headers.cookie);
    changeCookies(event.node.res, cookieForBrowser);
  });
});
