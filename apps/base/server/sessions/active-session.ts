import { setTimeout as delay } from 'node:timers/promises';
import type { H3Event } from 'h3';
import { failure, isStoreUnavailable, storeUnavailable } from '../http/failure.ts';
import { metrics, observedRefresh } from '../metrics/metrics.ts';
import { endWithReason } from './end-with-reason.ts';
import { clearSession, type UserSession } from '../nuxt-oidc-auth/session.ts';
import { readSession, type StoredSession } from './read-session.ts';
import { busy } from './refresh-lock.ts';
import { refreshSession, type RefreshOutcome, type RefreshPorts } from './refresh-session.ts';
import { isIdle, isRefreshDue, mayRenewAgain, refreshTimes } from './session-times.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';
import {
  decrypt,
  expiryOf,
  isEndedAtAuthentik,
  readable,
  withTokens,
  type SessionEntry,
} from '../nuxt-oidc-auth/session-entry.ts';
import { sessions } from './sessions.ts';
import { refreshTokens } from './token-endpoint.ts';

export interface ActiveSession {
  user: UserSession;
  /** Valid now, for platform-api. It must never leave the server. */
  accessToken: string;
  /**
   * Requests another access token, to replace one that platform-api refuses: Authentik has a new signing key, or clocks
   * differ. A token of a renewal less than a minute ago is kept. Throws a 503 when Authentik is not available.
   */
  renew(): Promise<Tokens>;
}

/** A valid access token, or why the session is over. */
export type Tokens = { accessToken: string } | { over: SessionReason };

type Unavailable = Extract<RefreshOutcome, { outcome: 'unavailable' }>;

type Session = Extract<StoredSession, { state: 'stored' }>;

const now = () => Math.trunc(Date.now() / 1000);

/** A refresh continues after the response to its request. Then only the log shows that it failed. */
const logFailure = (error: Error): never => {
  console.error(`A refresh failed: ${error.message}`);
  throw error;
};

const isDue = (entry: SessionEntry): boolean => isRefreshDue(entry, now());

const refresh = async (
  event: H3Event,
  session: Session,
  needsRenewal: RefreshPorts['isDue'],
): Promise<RefreshOutcome> => {
  const { id } = session;
  const { authSessionSeconds, oidc } = useRuntimeConfig();
  const { tokenUrl, clientId, clientSecret } = oidc.providers.oidc;
  const endpoint = { url: tokenUrl, clientId, clientSecret, timeout: refreshTimes.answer };
  const asked = performance.now();
  const attempt = async () => {
    metrics.lockWaits.observe((performance.now() - asked) / 1000);
    const ports: RefreshPorts = {
      read: () => sessions.read(id),
      replace: (entry) => sessions.replace(id, entry),
      decryptRefreshToken: (entry) => readable(entry.refreshToken),
      withTokens,
      ask: (token) => refreshTokens(endpoint, token),
      isEnded: (entry, tokens) => isEndedAtAuthentik(entry, tokens, Number(authSessionSeconds)),
      isDue: needsRenewal,
      pause: delay,
    };
    const result = await observedRefresh(() => refreshSession(ports));
    // Here too, because the request may no longer wait for the result.
    if (result.outcome === 'over') await endWithReason(event, session, result.reason);
    return result;
  };
  const renew = () => attempt().catch(logFailure);
  try {
    const result = await sessions.lock.run(id, renew);
    return result === busy ? { outcome: 'unavailable', reason: 'the refresh is still in progress' } : result;
  } catch (error) {
    return { outcome: 'unavailable', reason: (error as Error).message, cause: error };
  }
};

const cannotRenew = ({ cause }: { cause?: unknown }) => {
  const message = 'Your session cannot be renewed right now. Please try again in a moment.';
  return isStoreUnavailable(cause) ? storeUnavailable(cause, message) : failure(503, message);
};

/** While tokens cannot be renewed, a session continues for as long as its access token is valid. */
const carryOn = async (entry: SessionEntry, result: Unavailable): Promise<string> => {
  console.warn(`Tokens could not be renewed: ${result.reason}.`);
  const accessToken = await decrypt(entry.accessToken);
  if (expiryOf(accessToken) > now()) return accessToken;
  throw cannotRenew(result);
};

/** The access token after a refresh, or the result of `fallback` when the refresh was not possible. */
const settle = async (
  event: H3Event,
  { id }: Session,
  result: RefreshOutcome,
  fallback: (result: Unavailable) => Promise<string>,
): Promise<Tokens> => {
  if (result.outcome === 'unavailable') return { accessToken: await fallback(result) };
  if (result.outcome === 'fresh') return { accessToken: await decrypt(result.entry.accessToken) };
  // Another request ended the session. The cookie is kept: it may already be that of the next session.
  if (result.outcome === 'ended') return { over: (await sessions.endReason(id)) ?? 'missing' };
  await clearSession(event);
  return { over: result.reason };
};

/**
 * The session of a request, with an access token that is valid now and was renewed if due; or why there is none. Throws
 * a 503 when the store does not respond, or when a refresh is needed and Authentik does not respond.
 */
export const activeSession = async (event: H3Event): Promise<ActiveSession | { none: SessionReason; id?: string }> => {
  const stored = await readSession(event);
  // The cookie of a missing session is kept: another pod may have the session, and this response must not end it.
  if (stored.state !== 'stored') return { none: stored.reason, ...(stored.id !== undefined && { id: stored.id }) };
  const { id, user, entry } = stored;
  if (isIdle(entry, useRuntimeConfig(event).idleSeconds, now())) {
    await endWithReason(event, stored, 'idle');
    await clearSession(event);
    return { none: 'idle', id };
  }
  const tokens = isDue(entry)
    ? await settle(event, stored, await refresh(event, stored, isDue), (result) => carryOn(entry, result))
    : { accessToken: await decrypt(entry.accessToken) };
  if ('over' in tokens) return { none: tokens.over, id };
  const { accessToken } = tokens;
  return {
    user,
    accessToken,
    renew: async () => {
      const isRefused = async (current: SessionEntry) =>
        mayRenewAgain(current, now()) && (await decrypt(current.accessToken)) === accessToken;
      return settle(event, stored, await refresh(event, stored, isRefused), (result) =>
        Promise.reject(cannotRenew(result)),
      );
    },
  };
};
