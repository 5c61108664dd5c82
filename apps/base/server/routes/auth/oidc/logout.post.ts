import type { H3Event } from 'h3';
import { reasonOf } from '../../../http/failure.ts';
import { redirectWithoutBody, signOutLocation } from '../../../authentik/end-session-url.ts';
import { refuse, reportUnavailable } from '../../../sessions/refusal.ts';
import { sessionCookie } from '../../../nuxt-oidc-auth/names.ts';
import { endWithReason } from '../../../sessions/end-session.ts';
import { readSession } from '../../../sessions/read-session.ts';
import { readable } from '../../../nuxt-oidc-auth/session-entry.ts';

const forgetSession = (event: H3Event): void => deleteCookie(event, sessionCookie, { path: '/', secure: true });

const signOut = async (event: H3Event) => {
  const session = await readSession(event);
  const { id } = session;
  if (session.state === 'absent' && session.reason === 'none') return sendRedirect(event, '/signed-out', 303);
  // Another pod may open the cookie: the browser forgets it, and Authentik asks the user to sign out.
  if (id === undefined) refuse(event, 'unsealed');
  // Also one whose tokens this pod cannot decrypt.
  else await endWithReason(event, { ...session, id }, 'signed-out');
  forgetSession(event);
  const idToken = session.state === 'stored' ? await readable(session.entry.idToken) : undefined;
  return redirectWithoutBody(event, signOutLocation(idToken), 303);
};

/**
 * Signs out. It replaces nuxt-oidc-auth's own route, which is a GET, takes the redirect URI from the query and
 * redirects directly to end-session (oidc.js, logoutEventHandler). middleware/sign-out.ts accepts only the app's own
 * form.
 */
export default defineEventHandler((event) => {
  // The form of the page below, unless the user has signed in again since.
  if ('authentik' in getQuery(event) && !getCookie(event, sessionCookie))
    return redirectWithoutBody(event, signOutLocation(undefined), 303);
  return reportUnavailable(event, () => signOut(event)).catch((error: unknown) => {
    if (reasonOf(error) !== 'store-unavailable') throw error;
    forgetSession(event);
    // Authentik would not redirect back without an id token, and its page would say that all is well.
    return sendRedirect(event, '/signed-out?unfinished', 303);
  });
});
