import { clearUserSession } from 'nuxt-oidc-auth/runtime/server/utils/session.js';
import { endSession } from '../lib/end-session.ts';
import { readSession } from '../lib/read-session.ts';
import { requestPath } from '../lib/request-path.ts';

/** Goes before nuxt-oidc-auth's sign-out route, which needs a session with an id token to work as meant. */
export default defineEventHandler(async (event) => {
  if (requestPath(event) !== '/auth/oidc/logout') return;
  // The module takes the address to go to afterwards from the query (oidc.js, logoutEventHandler): anyone's, then.
  if (event.path.includes('?')) return sendRedirect(event, '/auth/oidc/logout', 302);

  const session = await readSession(event);
  if (session.state === 'anonymous') return sendRedirect(event, '/signed-out', 302);
  if (session.state === 'stored' && session.entry.idToken) return;
  // Without an id token Authentik refuses the way back (400), and signs nobody out. It does both when asked plainly.
  await clearUserSession(event);
  return sendRedirect(event, endSession().endSessionUrl, 302);
});
