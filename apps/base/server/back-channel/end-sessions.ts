import type { JWTVerifyGetKey } from 'jose';
import { LogoutTokenRefused, type LogoutToken } from '../../../tokens/src/logout-token.ts';
import { signingKeys } from '../../../tokens/src/signing-keys.ts';
import { clockToleranceSeconds } from '../../../tokens/src/verification.ts';
import type { SessionStore } from '../sessions/session-store.ts';
import { timeouts } from '../settings/session-times.ts';

/**
 * Ends the sessions that a logout token identifies, on every pod, and reports their ids. A session must match each
 * of `sid` and `sub` that the token has. The `jti` is recorded only after that: if the pod crashes in between,
 * Authentik's retry must not be refused as a replay.
 * @throws LogoutTokenRefused when the token was used before.
 */
export const endSessions = async (
  { jti, exp, sid, sub }: LogoutToken,
  { end, usedLogoutTokens }: Pick<SessionStore, 'end' | 'usedLogoutTokens'>,
  report: (ids: readonly string[]) => void,
  now = Date.now(),
): Promise<void> => {
  const usedBefore = new LogoutTokenRefused('it was used before');
  if (await usedLogoutTokens.has(jti)) throw usedBefore;
  report(await end({ sid, sub }));
  // Twice the tolerance: this pod's clock may be ahead, and a pod whose clock is behind accepts the token longer.
  const seconds = Math.max(1, Math.ceil(exp - now / 1000) + 2 * clockToleranceSeconds);
  // Only the first of concurrent copies is accepted.
  if (!(await usedLogoutTokens.add(jti, seconds))) throw usedBefore;
};

const keySets = new Map<string, JWTVerifyGetKey>();

/** The key set at a URL. All requests share it, and so its cache. */
export const sharedSigningKeys = (url: string): JWTVerifyGetKey => {
  const keys = keySets.get(url) ?? signingKeys(url, { timeoutMs: timeouts.authentik });
  keySets.set(url, keys);
  return keys;
};
