import { pauses, withRetries } from './refresh-retries.ts';
import { refreshTimes } from './refresh-times.ts';
import type { RefreshAnswer } from './token-endpoint.ts';
import type { SessionEntry, TokenSet } from '../nuxt-oidc-auth/session-entry.ts';

/** What a refresh needs of its surroundings. */
export interface RefreshPorts {
  /** The session's entry as the store has it now. */
  read(): Promise<SessionEntry | null>;
  /** Overwrites the entry; false when the session was ended meanwhile. Rejects while the store refuses writes. */
  replace(entry: SessionEntry): Promise<boolean>;
  /** Undefined: it cannot be read. */
  decryptRefreshToken(entry: SessionEntry): Promise<string | undefined>;
  withTokens(entry: SessionEntry, tokens: TokenSet): Promise<SessionEntry>;
  ask(refreshToken: string): Promise<RefreshAnswer>;
  /** Whether the entry's tokens are to be renewed. */
  isDue(entry: SessionEntry): boolean | Promise<boolean>;
  pause(milliseconds: number): Promise<void>;
}

/**
 * `ended`: signed out meanwhile. `over`: there is nothing left to renew, the person signs in again. `unavailable`: later,
 * perhaps.
 */
export type RefreshOutcome =
  | { outcome: 'fresh'; entry: SessionEntry }
  | { outcome: 'ended' }
  | { outcome: 'over' }
  | { outcome: 'unavailable'; reason: string };

/** How often the store is looked at before a rejected refresh token is the end of the session. */
const looks = 3;

/**
 * Whether the store has another refresh token than the one that Authentik rejected, or none. Another pod that lost the
 * lock may have used the token, and still be trying to store what it got.
 */
const isReplaced = async (ports: RefreshPorts, rejected: string): Promise<boolean> => {
  for (let look = 1; ; look += 1) {
    const entry = await ports.read();
    if (!entry?.refreshToken || (await ports.decryptRefreshToken(entry)) !== rejected) return true;
    if (look === looks) return false;
    await ports.pause(refreshTimes.look);
  }
};

/**
 * Renews a session's tokens. To be run by one holder of the session's lock: it starts from the store and not from what
 * the request saw before it waited, since another pod may have been here. Rejects when the store cannot be read, or
 * refuses the new tokens for an hour.
 */
export const refreshSession = async (ports: RefreshPorts): Promise<RefreshOutcome> => {
  const entry = await ports.read();
  if (!entry) return { outcome: 'ended' };
  if (!(await ports.isDue(entry))) return { outcome: 'fresh', entry };
  const refreshToken = await ports.decryptRefreshToken(entry);
  if (refreshToken === undefined) return { outcome: 'over' };

  const answer = await ports.ask(refreshToken);
  if (answer.outcome === 'unavailable') return answer;
  if (answer.outcome === 'rejected')
    return (await isReplaced(ports, refreshToken)) ? refreshSession(ports) : { outcome: 'over' };
  const renewed = await ports.withTokens(entry, answer.tokens);
  // Authentik may have revoked the old refresh token: until the new one is stored, it exists here alone.
  const stored = await withRetries(() => ports.replace(renewed), pauses(refreshTimes.store), ports.pause);
  // A person who signed out during the refresh stays signed out.
  return stored ? { outcome: 'fresh', entry: renewed } : { outcome: 'ended' };
};
