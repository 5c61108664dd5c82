import { setTimeout as delay } from 'node:timers/promises';
import type { H3Event } from 'h3';
import { clearUserSession } from 'nuxt-oidc-auth/runtime/server/utils/session.js';
import type { UserSession } from 'nuxt-oidc-auth/runtime/types.js';
import { failure } from './failure.ts';
import { isIdle } from './idle.ts';
import { readSession } from './read-session.ts';
import { isRefreshDue } from './refresh-due.ts';
import { busy } from './refresh-lock.ts';
import { refreshSession, type RefreshOutcome } from './refresh-session.ts';
import { refreshTimes } from './refresh-times.ts';
import { decrypt, expiryOf, withTokens, type SessionEntry } from './session-entry.ts';
import { sessions } from './sessions.ts';
import { refreshTokens } from './token-endpoint.ts';

/** Whom a request comes from. */
export interface LivingSession {
  user: UserSession;
  /** Valid now, for platform-api. Never to leave the server. */
  accessToken: string;
}

const now = () => Math.trunc(Date.now() / 1000);

/** A refresh goes on after the request that began it was answered: then the log alone says that it failed. */
const logFailure = (error: Error): never => {
  console.error(`A refresh failed: ${error.message}`);
  throw error;
};

const refresh = async (id: string): Promise<RefreshOutcome> => {
  const { tokenUrl, clientId, clientSecret } = useRuntimeConfig().oidc.providers.oidc;
  const endpoint = { url: tokenUrl, clientId, clientSecret, timeout: refreshTimes.answer };
  const renew = () =>
    refreshSession({
      read: () => sessions.read(id),
      replace: (entry) => sessions.replace(id, entry),
      decryptRefreshToken: (entry) => decrypt(entry.refreshToken!),
      withTokens,
      ask: (token) => refreshTokens(endpoint, token),
      now,
      pause: delay,
    }).catch(logFailure);
  try {
    const result = await sessions.lock.run(id, renew);
    return result === busy ? { outcome: 'unavailable', reason: 'the refresh is still under way' } : result;
  } catch (error) {
    return { outcome: 'unavailable', reason: (error as Error).message };
  }
};

/** While tokens cannot be renewed a session goes on for as long as its access token is valid. */
const carryOn = async (entry: SessionEntry, reason: string): Promise<string> => {
  console.warn(`Tokens could not be renewed: ${reason}.`);
  const accessToken = await decrypt(entry.accessToken);
  if (expiryOf(accessToken) > now()) return accessToken;
  throw failure(503, 'Your session cannot be renewed right now. Please try again in a moment.');
};

/**
 * The session of a request with an access token that is valid now, renewed if it was due; undefined without one.
 * Throws a 503 when the store does not answer, or Authentik when it was needed.
 */
export const livingSession = async (event: H3Event): Promise<LivingSession | undefined> => {
  const stored = await readSession(event);
  // A session that is gone keeps its cookie: another pod may know it, and must not lose it to this answer.
  if (stored.state !== 'stored') return undefined;
  const { id, user, entry } = stored;
  if (isIdle(entry, useRuntimeConfig(event).idleSeconds, now())) {
    await clearUserSession(event);
    event.context.endedIdle = true;
    return undefined;
  }
  if (!isRefreshDue(entry, now())) return { user, accessToken: await decrypt(entry.accessToken) };

  const result = await refresh(id);
  if (result.outcome === 'unavailable') return { user, accessToken: await carryOn(entry, result.reason) };
  if (result.outcome === 'fresh') return { user, accessToken: await decrypt(result.entry.accessToken) };
  // Ended elsewhere: the browser may have the cookie of its next session by now.
  if (result.outcome === 'over') await clearUserSession(event);
  return undefined;
};
