import { signInPath } from '../../shared/utils/sign-in-path.ts';
import { hideSession } from '../nuxt-oidc-auth/session.ts';
import { notSignedIn, wasIdle } from '../http/failure.ts';
import { livingSession, type LivingSession } from '../sessions/active-session.ts';
import { renewCookie } from '../sessions/renew-cookie.ts';
import { asked } from '../http/routes.ts';

declare module 'h3' {
  interface H3EventContext {
    /** Whom the request comes from; set on every route that needs a session. */
    living?: LivingSession;
    /** This request found a session that had been idle for too long, and ended it. */
    endedIdle?: true;
  }
}

const needSession: ReadonlySet<string> = new Set(['page', 'api', 'session']);

/**
 * Lets only living sessions through to pages and API routes, with a fresh access token.
 * See nuxt-oidc-auth/README.md for why the module does not do that.
 */
export default defineEventHandler(async (event) => {
  const { asks } = asked(event);
  // nuxt-oidc-auth asks for the session of every page it renders. These need none, and so no store to be up.
  if (asks === 'public page') return hideSession(event);
  if (!needSession.has(asks)) return;
  // Nor may an error page meet the very fault it is there to report.
  if (asks === 'session' && getRequestHeader(event, 'x-nuxt-error')) throw notSignedIn();

  const living = await livingSession(event);
  if (living) {
    event.context.living = living;
    return renewCookie(event);
  }
  const isIdle = event.context.endedIdle === true;
  if (asks !== 'page') throw isIdle ? wasIdle() : notSignedIn();
  return sendRedirect(event, signInPath({ to: event.path, ...(isIdle && { failed: 'idle' }) }), 302);
});
