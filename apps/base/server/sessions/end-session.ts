import type { H3Event } from 'h3';
import type { EndReason } from '../../../environment/session-reasons.ts';
import type { SignedIn } from '../nuxt-oidc-auth/redeem-code.ts';
import { readable, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { logSessionEnd } from './session-log.ts';
import { timeouts } from '../settings/session-times.ts';
import { sessions } from './sessions.ts';
import { revokeToken, tokenEndpoint } from '../authentik/token-endpoint.ts';

/**
 * Ends a session in the store, which remembers the reason, logs it once, and revokes its refresh token. Throws a 503
 * when the store refuses.
 */
export const endWithReason = async (
  event: H3Event,
  { id, entry }: { id: string; entry?: SessionEntry },
  reason: EndReason,
): Promise<void> => {
  const removed = await sessions.remove(id, reason);
  if (removed) logSessionEnd(event, { reason, id, names: entry?.names });
  // A refresh may have stored another token since the entry was read. ioredis removes again when it has lost the reply,
  // and then there is nothing to remove.
  const { refreshToken } = removed?.entry ?? entry ?? {};
  if (reason !== 'refused') revokeLater(event, refreshToken, id);
};

/** Removes a session of which no browser has the cookie, without a reason or a line of the log. */
export const discardSession = async (event: H3Event, { id, entry }: SignedIn): Promise<void> => {
  await sessions.remove(id);
  revokeLater(event, entry.refreshToken);
};

/**
 * Revokes the refresh token of a session that has ended, after the response: at Authentik it outlives the session by
 * 30 days. When Authentik does not confirm it, the log says so.
 * @param token that of an entry, or one that was never stored. @param id of a session that a pod may be refreshing now:
 * a refresh that presents a revoked token is a suspicious request to Authentik.
 */
export const revokeLater = (event: H3Event, token: SessionEntry['refreshToken'] | string, id?: string): void => {
  if (token === undefined) return;
  const revoke = async () => {
    const refreshToken = typeof token === 'string' ? token : await readable(token);
    if (refreshToken) await revokeToken(tokenEndpoint(timeouts.authentik), refreshToken);
  };
  const revocation = (id === undefined ? revoke() : sessions.lock.alone(id, revoke)).catch(({ message }: Error) =>
    console.warn(`A refresh token could not be revoked: ${message}.`),
  );
  revocations.add(revocation);
  event.waitUntil(revocation.then(() => revocations.delete(revocation)));
};

const revocations = new Set<Promise<void>>();

/** Resolves when no revocation is in progress. A pod that ends is the last that has these tokens. */
export const revocationsEnded = async (): Promise<void> => {
  while (revocations.size > 0) await Promise.all(revocations);
};
