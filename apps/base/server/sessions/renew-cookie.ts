import type { H3Event } from 'h3';
import { isHalfOver } from './cookie-age.ts';
import { sessionCookie } from '../nuxt-oidc-auth/names.ts';
import { sessionConfig } from '../nuxt-oidc-auth/session.ts';

/**
 * Starts the 14 days of a session's cookie anew once half of them are over. h3 counts them from the sign-in, whatever
 * is sealed later (session.ts, unsealSession), while those in Redis start anew with every renewal of the tokens.
 */
export const renewCookie = async (event: H3Event): Promise<void> => {
  const session = event.context.sessions?.[sessionCookie];
  if (!session || !isHalfOver(session.createdAt, Date.now())) return;
  session.createdAt = Date.now();
  await updateSession(event, sessionConfig(event));
};
