import { dropCookie } from '../lib/drop-cookie.ts';
import { failure, notSignedIn } from '../lib/failure.ts';
import { livingSession, type LivingSession } from '../lib/living-session.ts';
import { sessionCookie } from '../lib/read-session.ts';
import { requestPath } from '../lib/request-path.ts';

declare module 'h3' {
  interface H3EventContext {
    /** Whom the request comes from; set on every route that needs a session. */
    living?: LivingSession;
  }
}

const publicPages: ReadonlySet<string> = new Set(['/sign-in', '/signed-out']);

const kindOf = (path: string): 'api' | 'page' | 'public page' | 'other' => {
  if (path.startsWith('/api/')) return path.startsWith('/api/_health/') ? 'other' : 'api';
  if (publicPages.has(path)) return 'public page';
  const isFile = path.slice(path.lastIndexOf('/')).includes('.');
  const isOfNuxt = path.startsWith('/_nuxt/') || path.startsWith('/__nuxt');
  return isFile || isOfNuxt || path.startsWith('/auth/') ? 'other' : 'page';
};

/**
 * Lets only living sessions through to pages and API routes, with a fresh access token. nuxt-oidc-auth 0.18 does
 * neither: it takes any sound cookie for a session (session.js, getUserSession), and refreshes without a lock.
 */
export default defineEventHandler(async (event) => {
  const path = requestPath(event);
  const kind = kindOf(path);
  if (kind === 'other') return;
  // nuxt-oidc-auth asks for the session of every page it renders. These need none, and so no store to be up.
  if (kind === 'public page') return dropCookie(event, sessionCookie);
  // Nor may an error page meet the very fault it is there to report.
  if (path === '/api/_auth/session' && getRequestHeader(event, 'x-nuxt-error')) throw notSignedIn();
  // Tokens are renewed here, and nowhere else.
  if (path === '/api/_auth/refresh') throw failure(404, 'There is no such route.');

  const living = await livingSession(event);
  if (living) event.context.living = living;
  else if (kind === 'api') throw notSignedIn();
  else return sendRedirect(event, path === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(event.path)}`, 302);
});
