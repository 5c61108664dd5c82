import type { Driver } from 'unstorage';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import type { RefreshLock } from './refresh-lock.ts';
import type { RefreshOutcome } from './refresh-session.ts';
import type { SessionClaims } from '../settings/session-keys.ts';
import type { EndReason, SessionReason } from '../../../environment/session-reasons.ts';

/** Where sessions are stored. Every method rejects with a 503 while the store does not respond or refuses a write. */
export interface SessionStore {
  /** The driver for nuxt-oidc-auth's `oidc` storage. Undefined: Nitro's default, which is memory. */
  driver?: Driver;
  lock: RefreshLock<RefreshOutcome>;
  /** Whether sessions can be read now; never rejects. */
  available(): Promise<boolean>;
  read(id: string): Promise<SessionEntry | null>;
  /**
   * Overwrites an entry, if the store still has the access token of the one that was read. False: the session was ended,
   * and is not created again, or a pod that took the lock over has stored newer tokens.
   */
  replace(id: string, entry: SessionEntry, read: SessionEntry): Promise<boolean>;
  /**
   * Removes a session, and remembers the reason for as long as a cookie may last. @returns its last entry, if that can be
   * read; undefined: it was not there.
   */
  remove(id: string, reason?: EndReason): Promise<{ entry?: SessionEntry } | undefined>;
  /** How a session ended; undefined when the store does not know. */
  endReason(id: string): Promise<SessionReason | undefined>;
  /** Ends the sessions that match all of these claims, as `back-channel`. @returns their ids. */
  end(claims: SessionClaims): Promise<string[]>;
  /** Whether {@link end} was called with claims of this session since a {@link time}. */
  endedSince(entry: SessionEntry, since: number): Promise<boolean>;
  /** Milliseconds since the epoch by the clock that all pods share. */
  time(): Promise<number>;
  /** The logout tokens that were used, by `jti`, to detect a replay (Back-Channel Logout 1.0 section 2.6). */
  usedLogoutTokens: {
    has(jti: string): Promise<boolean>;
    /** Stores a `jti` for this long, which must be until the token has expired. False: it was there already. */
    add(jti: string, seconds: number): Promise<boolean>;
  };
  /** Closes the connection. A refresh that still runs (`lock`) could not store its tokens. */
  close(): Promise<void>;
}
