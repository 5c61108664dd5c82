import type { H3Event } from 'h3';
import { readable, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { revokeToken, tokenEndpoint } from './token-endpoint.ts';

/** Milliseconds. */
const timeout = 4000;

/**
 * Revokes the refresh token of a session that has ended, after the response: at Authentik it outlives the session by
 * 30 days. When Authentik does not confirm it, the log says so.
 * @param token that of an entry, or one that was never stored.
 */
export const revokeLater = (event: H3Event, token: SessionEntry['refreshToken'] | string): void => {
  if (token === undefined) return;
  const revoke = async () => {
    const refreshToken = typeof token === 'string' ? token : await readable(token);
    if (refreshToken) await revokeToken(tokenEndpoint(timeout), refreshToken);
  };
  event.waitUntil(
    revoke().catch(({ message }: Error) => console.warn(`A refresh token could not be revoked: ${message}.`)),
  );
};
