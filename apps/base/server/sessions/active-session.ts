import { setTimeout as delay } from 'node:timers/promises';
import type { H3Event } from 'h3';
import { inRequest, notRenewed } from '../http/failure.ts';
import { metrics, observedRefresh } from '../metrics/metrics.ts';
import { endWithReason, revokeLater } from './end-session.ts';
import type { UserSession } from '../nuxt-oidc-auth/session.ts';
import { readSession, type StoredSession } from './read-session.ts';
import { recentFailures, rememberFailure, type Unavailable } from './recent-failures.ts';
import { busy } from './refresh-lock.ts';
import { refreshSession, type RefreshOutcome, type RefreshPorts } from './refresh-session.ts';
import { linesSince } from './session-log.ts';
import { isIdle, isRefreshDue, isTooOld, mayRenewAgain, refreshTimes } from '../settings/session-times.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';
import {
  accessClaims,
  decrypt,
  expiryOf,
  isEndedAtAuthentik,
  readable,
  withTokens,
  type SessionEntry,
} from '../nuxt-oidc-auth/session-entry.ts';
import { sessions } from './sessions.ts';
import { refreshTokens, tokenEndpoint } from '../authentik/token-endpoint.ts';

export interface ActiveSession {
  id: string;
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

type Session = Extract<StoredSession, { state: 'stored' }>;

const now = () => Math.trunc(Date.now() / 1000);

const inProgress: Unavailable = { outcome: 'unavailable', reason: 'the refresh is still in progress' };

const refresh = async (event: H3Event, session: Session, isDue: RefreshPorts['isDue']): Promise<RefreshOutcome> => {
  const { id } = session;
  const known = recentFailures.get(id);
  if (known) return known;
  const { authSessionSeconds } = useRuntimeConfig();
  const asked = performance.now();
  const attempt = async () => {
    metrics.lockWaits.observe((performance.now() - asked) / 1000);
    const ports: RefreshPorts = {
      read: () => sessions.read(id),
      replace: (entry, read) => sessions.replace(id, entry, read),
      decryptRefreshToken: (entry) => readable(entry.refreshToken),
      withTokens,
      ask: (token) => refreshTokens(tokenEndpoint(refreshTimes.answer), token),
      isOfUser: async ({ accessToken }, tokens) =>
        accessClaims(tokens.access_token).sub === accessClaims(await decrypt(accessToken)).sub,
      isEnded: (entry, tokens) => isEndedAtAuthentik(entry, tokens, Number(authSessionSeconds)),
      isDue,
      pause: delay,
    };
    const result = await observedRefresh(() => refreshSession(ports));
    // Here too, because the request may no longer wait for the result.
    if (result.outcome === 'over') await endWithReason(event, session, result.reason);
    if (result.outcome === 'unavailable') rememberFailure(id, result);
    if ('unused' in result) revokeLater(event, result.unused);
    return result;
  };
  const renew = () =>
    attempt().catch((error: Error) => {
      // A refresh continues after the response to its request. Then only the log shows that it failed.
      console.error(`A refresh failed: ${error.message}`);
      throw error;
    });
  try {
    const result = await sessions.lock.shared(id, renew);
    return result === busy ? inProgress : result;
  } catch (error) {
    return { outcome: 'unavailable', reason: (error as Error).message, cause: error };
  }
};

/** Renews a token before it expires. A request that can still use it does not wait for a slow Authentik. */
const refreshInTime: typeof refresh = (event, session, isDue) => {
  const { waitWhileValid } = refreshTimes;
  const renewal = refresh(event, session, isDue);
  return expiryOf(session.accessToken, session.entry) > now() + waitWhileValid / 1000
    ? Promise.race([renewal, delay(waitWhileValid, inProgress, { ref: false })])
    : renewal;
};

/** While tokens cannot be renewed, a session continues for as long as its access token is valid. */
const carryOn = async (event: H3Event, entry: SessionEntry, result: Unavailable): Promise<string> => {
  const line = 'Tokens could not be renewed';
  if (linesSince(`${line}: ${result.reason}`) !== undefined)
    console.warn(`${line}${inRequest(event)}: ${result.reason}.`);
  const accessToken = await decrypt(entry.accessToken);
  if (expiryOf(accessToken, entry) > now()) return accessToken;
  throw notRenewed(result.cause);
};

/** The access token after a refresh, or the result of `fallback` when the refresh was not possible. */
const settle = async (
  { id }: Session,
  result: RefreshOutcome,
  fallback: (result: Unavailable) => Promise<string>,
): Promise<Tokens> => {
  if (result.outcome === 'unavailable') return { accessToken: await fallback(result) };
  if (result.outcome === 'fresh') return { accessToken: await decrypt(result.entry.accessToken) };
  if (result.outcome === 'ended') return { over: (await sessions.endReason(id)) ?? 'missing' };
  return { over: result.reason };
};

/** The limit that a session has exceeded. */
const limitOf = (event: H3Event, { entry, accessToken, user }: Session): 'idle' | 'too-old' | undefined => {
  const { idleSeconds, maxSeconds } = useRuntimeConfig(event);
  if (isIdle(entry, idleSeconds, now())) return 'idle';
  // A cookie of an older build has no `sub`.
  const hasNoUser = user.claims?.['sub'] === undefined;
  return hasNoUser || isTooOld(accessClaims(accessToken), maxSeconds, now()) ? 'too-old' : undefined;
};

/**
 * The session of a request, with an access token that is valid now and was renewed if due; or why there is none. Throws
 * a 503 when the store does not respond, or when a refresh is needed and Authentik does not respond.
 *
 * It never deletes the cookie: another pod may have the session, and a response that arrives late must not delete the
 * cookie of the next session.
 */
export const activeSession = async (
  event: H3Event,
): Promise<ActiveSession | { none: SessionReason; id?: string | undefined }> => {
  const stored = await readSession(event);
  if (stored.state !== 'stored') return { none: stored.reason, id: stored.id };
  const { id, user, entry } = stored;
  const over = limitOf(event, stored);
  if (over) {
    await endWithReason(event, stored, over);
    return { none: over, id };
  }
  const isDue = (current: SessionEntry) => isRefreshDue(current, now());
  const tokens = isDue(entry)
    ? await settle(stored, await refreshInTime(event, stored, isDue), (result) => carryOn(event, entry, result))
    : { accessToken: stored.accessToken };
  if ('over' in tokens) return { none: tokens.over, id };
  const { accessToken } = tokens;
  return {
    id,
    user,
    accessToken,
    renew: async () => {
      const isRefused = async (current: SessionEntry) =>
        mayRenewAgain(current, now()) && (await decrypt(current.accessToken)) === accessToken;
      return settle(stored, await refresh(event, stored, isRefused), ({ cause }) => Promise.reject(notRenewed(cause)));
    },
  };
};
