import { isRefreshDue } from './refresh-due.ts';
import type { RefreshAnswer } from './token-endpoint.ts';
import type { SessionEntry, TokenSet } from './session-entry.ts';

/** What a refresh needs of its surroundings. */
export interface RefreshPorts {
  /** The session's entry as the store has it now. */
  read(): Promise<SessionEntry | null>;
  /** Overwrites the entry; false when the session was ended meanwhile. */
  replace(entry: SessionEntry): Promise<boolean>;
  decryptRefreshToken(entry: SessionEntry): Promise<string>;
  withTokens(entry: SessionEntry, tokens: TokenSet): Promise<SessionEntry>;
  ask(refreshToken: string): Promise<RefreshAnswer>;
  /** Seconds since the epoch. */
  now(): number;
}

/** `over`: there is nothing left to renew, the person signs in again. `unavailable`: later, perhaps. */
export type RefreshOutcome =
  { outcome: 'fresh'; entry: SessionEntry } | { outcome: 'over' } | { outcome: 'unavailable'; reason: string };

/**
 * Renews a session's tokens. To be run by one holder of the session's lock: it starts from the store and not from what
 * the request saw before it waited, since another pod may have been here.
 */
export const refreshSession = async (ports: RefreshPorts): Promise<RefreshOutcome> => {
  const entry = await ports.read();
  if (!entry) return { outcome: 'over' };
  if (!isRefreshDue(entry, ports.now())) return { outcome: 'fresh', entry };
  if (!entry.refreshToken) return { outcome: 'over' };

  const answer = await ports.ask(await ports.decryptRefreshToken(entry));
  if (answer.outcome === 'unavailable') return answer;
  if (answer.outcome === 'rejected') return { outcome: 'over' };
  const renewed = await ports.withTokens(entry, answer.tokens);
  // Whoever signed out while Authentik was answering stays signed out.
  return (await ports.replace(renewed)) ? { outcome: 'fresh', entry: renewed } : { outcome: 'over' };
};
