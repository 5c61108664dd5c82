import { recallPage } from '../../http/return-page.ts';

/** nuxt-oidc-auth's callback always redirects here (`callbackRedirectUrl`), and this route to the requested page. */
export default defineEventHandler((event) => sendRedirect(event, recallPage(event), 302));
