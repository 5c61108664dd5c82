import { createError } from 'h3';
import { livingSession } from '../lib/living-session.ts';
import { requestPath } from '../lib/request-path.ts';

declare module 'h3' {
  interface H3EventContext {
    /** Whom the request comes from; set on every route that needs a session. */
    living?: import('../lib/living-session.ts').LivingSession;
  }
}

const publicPages: readonly string[] = ['/sign-in', '/signed-out'];

const kindOf = (path: string): 'api' | 'page' | 'other' => {
  if (path.startsWith('/api/')) return path.startsWith('/api/_health/') ? 'other' : 'api';
  const isFile = path.slice(path.lastIndexOf('/')).includes('.');
  const isOfNuxt = path.startsWith('/_nuxt/') || path.startsWith('/__nuxt');
  return isFile || isOfNuxt || path.startsWith('/auth/') || publicPages.includes(path) ? 'other' : 'page';
};

const unauthorized = () => createError({ statusCode: 401, message: 'You are not signed in.' });

/**
 * Lets only living sessions through to pages and API routes, with fresh tokens. nuxt-oidc-auth 0.18 does neither:
 * it takes any sound cookie for a session, and refreshes without a lock.
 */
export default defineEventHandler(async (event) => {
  const path = requestPath(event);
  const kind = kindOf(path);
  if (kind === 'other') return;
  // Tokens are renewed here, and nowhere else.
  if (path === '/api/_auth/refresh') throw createError({ statusCode: 404, message: 'There is no such route.' });
  // An error page that asked for the session would meet the very fault it is there to report.
  if (path === '/api/_auth/session' && getRequestHeader(event, 'x-nuxt-error')) throw unauthorized();

  const living = await livingSession(event);
  if (living) event.context.living = living;
  else if (kind === 'api') throw unauthorized();
  else return sendRedirect(event, path === '/' ? '/sign-in' : `/sign-in?to=${encodeURIComponent(event.path)}`, 302);
});
