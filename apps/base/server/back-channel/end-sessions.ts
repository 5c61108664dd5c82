import { clockToleranceSeconds, LogoutTokenRefused, type LogoutToken } from './logout-token.ts';
import type { SessionStore } from '../sessions/session-store.ts';

/**
 * Ends the sessions that a logout token names, on every pod, and returns how many they were. With `sid` and `sub` it
 * ends that session of that person; with one of them, all that have it. The token is spent after that and not before: a
 * pod that dies in between must not turn Authentik's next attempt into a replay.
 * @throws LogoutTokenRefused when it was used before.
 */
export const endSessions = async (
  { jti, exp, sid, sub }: LogoutToken,
  { end, spentTokens }: Pick<SessionStore, 'end' | 'spentTokens'>,
  now = Date.now(),
): Promise<number> => {
  if (await spentTokens.has(jti)) throw new LogoutTokenRefused('it was used before');
  const count = await end({ sid, sub });
  // Twice, because the clock of this pod may be ahead of that of another, which accepts the token for longer.
  await spentTokens.add(jti, Math.max(1, Math.ceil(exp - now / 1000) + 2 * clockToleranceSeconds));
  return count;
};
