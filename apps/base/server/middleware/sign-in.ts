import type { H3Event } from 'h3';
import { dropCookie } from '../lib/drop-cookie.ts';
import { readSession, sessionCookie } from '../lib/read-session.ts';
import { requestPath } from '../lib/request-path.ts';
import { rememberPage } from '../lib/return-cookie.ts';
import { sessions } from '../lib/sessions.ts';

/** Name that nuxt-oidc-auth gives the cookie with state and PKCE verifier of a sign-in (oidc.js, useAuthSession). */
const attemptCookie = 'oidc';

/**
 * Whether a callback answers the sign-in that this browser began. nuxt-oidc-auth 0.18 notices that it does not, but goes
 * on and redeems the code all the same (oidc.js, callbackEventHandler: `oidcErrorHandler` without return).
 */
const isExpected = async (event: H3Event): Promise<boolean> => {
  const { code, state } = getQuery(event);
  if (!code || !state || !getCookie(event, attemptCookie)) return false;
  const password = process.env.NUXT_OIDC_AUTH_SESSION_SECRET!;
  const { data } = await useSession<{ state?: string }>(event, { name: attemptCookie, password, maxAge: 300 });
  return data.state === state;
};

/**
 * Ends the session that a browser still had. The module would reuse its id for the next person and mix its old data
 * with the new (session.js, setUserSession), so the callback must not see that cookie.
 */
const leavePreviousSession = async (event: H3Event): Promise<void> => {
  const previous = await readSession(event);
  if (previous.state === 'stored') await sessions.remove(previous.id);
  delete event.context.sessions?.[sessionCookie];
  dropCookie(event, sessionCookie);
};

/** Goes before nuxt-oidc-auth's sign-in routes. */
export default defineEventHandler(async (event) => {
  const path = requestPath(event);
  if (path === '/auth/oidc/login') rememberPage(event, getQuery(event).to);
  if (path !== '/auth/oidc/callback') return;
  if (event.method !== 'GET' || !(await isExpected(event))) return sendRedirect(event, '/sign-in?again=1', 302);
  await leavePreviousSession(event);
});
