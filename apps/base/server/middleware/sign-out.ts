import { clearUserSession } from 'nuxt-oidc-auth/runtime/server/utils/session.js';
import { signOutLocation } from '../lib/end-session.ts';
import { readSession } from '../lib/read-session.ts';
import { asked } from '../lib/routes.ts';
import { decrypt } from '../lib/session-entry.ts';

/**
 * In place of nuxt-oidc-auth's sign-out route, which takes the address to go to afterwards from anyone's link, and goes
 * to end-session straight (oidc.js, logoutEventHandler).
 */
export default defineEventHandler(async (event) => {
  if (asked(event).asks !== 'sign-out') return;

  const session = await readSession(event);
  if (session.state === 'anonymous') return sendRedirect(event, '/signed-out', 302);
  const idToken =
    session.state === 'stored' && session.entry.idToken ? await decrypt(session.entry.idToken) : undefined;
  await clearUserSession(event);
  return sendRedirect(event, signOutLocation(idToken), 302);
});
