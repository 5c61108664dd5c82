import { sessionReasons } from '../../../environment/session-reasons.ts';
import { signInPath } from '../../shared/utils/sign-in-path.ts';
import { hideSession, nameUser, renewCookie } from '../nuxt-oidc-auth/session.ts';
import { notSignedIn } from '../http/failure.ts';
import { refuse, reportUnavailable } from '../sessions/refusal.ts';
import { activeSession, type ActiveSession } from '../sessions/active-session.ts';
import { routeOf } from '../http/routes.ts';

declare module 'h3' {
  interface H3EventContext {
    /** The session of the signed-in user. Set on every route that needs a session. */
    activeSession?: ActiveSession;
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
  if (match === 'session' && getRequestHeader(event, 'x-nuxt-error')) throw notSignedIn('none');

  const session = await reportUnavailable(event, () => activeSession(event));
  if (!('none' in session)) {
    event.context.activeSession = session;
    // A response of the API may arrive after the next sign-in, and must not replace its cookie.
    if (match === 'page') await renewCookie(event);
    nameUser(event, session.accessToken);
    return;
  }
  const { none: reason, id } = session;
  refuse(event, reason, id);
  if (match !== 'page') throw notSignedIn(reason);
  const failed = sessionReasons[reason].page;
  return sendRedirect(event, signInPath({ to: event.path, ...(failed && { failed }) }), 302);
});
