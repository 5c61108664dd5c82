import { signInPath } from '../../shared/utils/sign-in-path.ts';
import { hideSession, renewCookie } from '../nuxt-oidc-auth/session.ts';
import { notSignedIn, wasIdle } from '../http/failure.ts';
import { activeSession, type ActiveSession } from '../sessions/active-session.ts';
import { routeOf } from '../http/routes.ts';

declare module 'h3' {
  interface H3EventContext {
    /** The session of the signed-in user. Set on every route that needs a session. */
    activeSession?: ActiveSession;
    /** This request found a session that was idle for too long, and ended it. */
    endedIdle?: true;
  }
}

const needSession: ReadonlySet<string> = new Set(['page', 'api', 'session']);

/**
 * Lets only requests with an active session reach pages and API routes, and provides a fresh access token. See
 * nuxt-oidc-auth/README.md for why the module cannot do this.
 */
export default defineEventHandler(async (event) => {
  const { match } = routeOf(event);
  // nuxt-oidc-auth reads the session for every page it renders. These pages need no session, so they must work without
  // the store.
  if (match === 'public page') return hideSession(event);
  if (!needSession.has(match)) return;
  // An error page must not fail with the fault that it reports.
  if (match === 'session' && getRequestHeader(event, 'x-nuxt-error')) throw notSignedIn();

  const session = await activeSession(event);
  if (session) {
    event.context.activeSession = session;
    return renewCookie(event);
  }
  const isIdle = event.context.endedIdle === true;
  if (match !== 'page') throw isIdle ? wasIdle() : notSignedIn();
  return sendRedirect(event, signInPath({ to: event.path, ...(isIdle && { failed: 'idle' }) }), 302);
});
