import { recallPage } from '../../http/return-cookie.ts';

/** Where nuxt-oidc-auth's callback sends everyone (`callbackRedirectUrl`): on to the page they asked for. */
export default defineEventHandler((event) => sendRedirect(event, recallPage(event), 302));
