import type { H3Event } from 'h3';
import { isHalfOver } from './cookie-age.ts';
import { sessionCookie } from '../nuxt-oidc-auth/names.ts';
import { sessionConfig } from '../nuxt-oidc-auth/session.ts';

/**
 * Restarts the 14-day lifetime of a session's cookie once half of it has passed. h3 counts the lifetime from the
 * sign-in, even when the cookie is sealed again (session.ts, unsealSession). The lifetime in Redis restarts with every
 * renewal of the tokens.
 */
export const renewCookie = async (event: H3Event): Promise<void> => {
  const session = event.context.sessions?.[sessionCookie];
  if (!session || !isHalfOver(session.createdAt, Date.now())) return;
  session.createdAt = Date.now();
  await updateSession(event, sessionConfig(event));
};
