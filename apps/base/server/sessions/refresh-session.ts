import { refreshTimes } from '../settings/session-times.ts';
import type { RefreshAnswer, TokenSet } from '../authentik/token-endpoint.ts';
import type { EndReason } from '../../../environment/session-reasons.ts';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';

export interface RefreshPorts {
  read(): Promise<SessionEntry | null>;
  /** `SessionStore.replace`: false when the store has newer tokens or none. Rejects while the store refuses writes. */
  replace(entry: SessionEntry, read: SessionEntry): Promise<boolean>;
  /** Undefined: the token cannot be decrypted. */
  decryptRefreshToken(entry: SessionEntry): Promise<string | undefined>;
  withTokens(entry: SessionEntry, tokens: TokenSet): Promise<SessionEntry>;
  ask(refreshToken: string): Promise<RefreshAnswer>;
  /** Whether the new tokens have the same `sub` as those of the entry (OpenID Connect Core, section 12.2). */
  isOfUser(entry: SessionEntry, tokens: TokenSet): Promise<boolean>;
  /** Whether the new tokens say that the session was ended at Authentik. */
  isEnded(entry: SessionEntry, tokens: TokenSet): boolean | Promise<boolean>;
  /** Whether the entry's tokens must be renewed. */
  isDue(entry: SessionEntry): boolean | Promise<boolean>;
  pause(milliseconds: number): Promise<void>;
}

/**
 * `ended`: signed out meanwhile. `over`: the user must sign in again. `unavailable`: a later attempt may succeed.
 * `unused`: a refresh token that was issued for nothing.
 */
export type RefreshOutcome =
  | { outcome: 'fresh'; entry: SessionEntry }
  | { outcome: 'ended'; unused?: string | undefined }
  | { outcome: 'over'; reason: EndReason; unused?: string | undefined }
  | { outcome: 'unavailable'; reason: string; cause?: unknown; retryAfterMs?: number };

/** How often to read the store again before a rejected refresh token ends the session. */
const looks = 3;

/**
 * Whether the store has another refresh token than the one that Authentik rejected, or none. Another pod that lost the
 * lock may have used the token, and may still be trying to store the new one.
 */
const isReplaced = async (ports: RefreshPorts, rejected: string): Promise<boolean> => {
  for (let look = 1; ; look += 1) {
    const entry = await ports.read();
    if (!entry?.refreshToken || (await ports.decryptRefreshToken(entry)) !== rejected) return true;
    if (look === looks) return false;
    await ports.pause(refreshTimes.look);
  }
};

/** Stores new tokens, also after Redis has refused them for up to an hour. */
const store = async ({ replace, pause }: RefreshPorts, entry: SessionEntry, read: SessionEntry): Promise<boolean> => {
  const { interval, attempts } = refreshTimes.store;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await replace(entry, read);
    } catch (error) {
      if (attempt === attempts) throw error;
      await pause(interval);
    }
  }
};

/**
 * Renews a session's tokens. Only the holder of the session's lock may call it. It reads the store again, because
 * another pod may have renewed the tokens while the request waited. Rejects when the store cannot be read, or refuses
 * the new tokens for an hour.
 */
export const refreshSession = async (ports: RefreshPorts): Promise<RefreshOutcome> => {
  const entry = await ports.read();
  if (!entry) return { outcome: 'ended' };
  if (!(await ports.isDue(entry))) return { outcome: 'fresh', entry };
  const refreshToken = await ports.decryptRefreshToken(entry);
  if (refreshToken === undefined) return { outcome: 'over', reason: 'unreadable' };

  const answer = await ports.ask(refreshToken);
  if (answer.outcome === 'unavailable') return answer;
  if (answer.outcome === 'rejected')
    return (await isReplaced(ports, refreshToken)) ? refreshSession(ports) : { outcome: 'over', reason: 'refused' };
  if (!(await ports.isOfUser(entry, answer.tokens))) return { outcome: 'over', reason: 'mismatched' };
  // A user who signed in again during the refresh has the cookie of the next session.
  const unused = answer.tokens.refresh_token;
  if (await ports.isEnded(entry, answer.tokens))
    return (await ports.read())
      ? { outcome: 'over', reason: 'ended-at-authentik', unused }
      : { outcome: 'ended', unused };
  const renewed = await ports.withTokens(entry, answer.tokens);
  // Authentik may have revoked the old refresh token. Until the new one is stored, this process has the only copy.
  if (await store(ports, renewed, entry)) return { outcome: 'fresh', entry: renewed };
  const newer = await ports.read();
  // A user who signed out during the refresh stays signed out.
  return newer ? { outcome: 'fresh', entry: newer } : { outcome: 'ended', unused };
};
