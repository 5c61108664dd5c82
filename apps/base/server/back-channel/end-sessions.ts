import { clockToleranceSeconds } from '../../../tokens/src/verification.ts';
import { LogoutTokenRefused, type LogoutToken } from './logout-token.ts';
import type { SessionStore } from '../sessions/session-store.ts';

/**
 * Ends the sessions that a logout token identifies, on every pod, and returns their number. A session must match each
 * of `sid` and `sub` that the token has. The `jti` is recorded only after that: if the pod crashes in between,
 * Authentik's retry must not be refused as a replay.
 * @throws LogoutTokenRefused when the token was used before.
 */
export const endSessions = async (
  { jti, exp, sid, sub }: LogoutToken,
  { end, usedLogoutTokens }: Pick<SessionStore, 'end' | 'usedLogoutTokens'>,
  now = Date.now(),
): Promise<number> => {
  if (await usedLogoutTokens.has(jti)) throw new LogoutTokenRefused('it was used before');
  const count = await end({ sid, sub });
  // Twice the tolerance: this pod's clock may be ahead, and a pod whose clock is behind accepts the token longer.
  await usedLogoutTokens.add(jti, Math.max(1, Math.ceil(exp - now / 1000) + 2 * clockToleranceSeconds));
  return count;
};
