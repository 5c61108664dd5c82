import { signInPath } from '../../shared/utils/sign-in-path.ts';
import { hideSession } from '../nuxt-oidc-auth/session.ts';
import { notSignedIn, wasIdle } from '../http/failure.ts';
import { activeSession, type ActiveSession } from '../sessions/active-session.ts';
import { renewCookie } from '../sessions/renew-cookie.ts';
import { routeOf } from '../http/routes.ts';

declare module 'h3' {
  interface H3EventContext {
    /** The person of the request; set on every route that needs a session. */
    activeSession?: ActiveSession;
    /** This request found a session that had been idle for too long, and ended it. */
    endedIdle?: true;
  }
}

const needSession: ReadonlySet<string> = new Set(['page', 'api', 'session']);

/**
 * Lets only active sessions through to pages and API routes, with a fresh access token.
 * See nuxt-oidc-auth/README.md for why the module does not do that.
 */
export default defineEventHandler(async (event) => {
  const { match } = routeOf(event);
  // nuxt-oidc-auth reads the session for every page it renders. These pages need none, so they must not need the store.
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
