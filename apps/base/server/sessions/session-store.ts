import type { Driver } from 'unstorage';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import type { RefreshLock } from './refresh-lock.ts';

/** Where sessions are kept. Every method rejects with a 503 while that place does not answer or refuses a write. */
export interface SessionStore {
  /** What nuxt-oidc-auth's `oidc` storage is mounted on; undefined: on what Nitro has by itself, the memory. */
  driver?: Driver;
  lock: RefreshLock;
  /** Whether sessions can be read now; never rejects. */
  available(): Promise<boolean>;
  read(id: string): Promise<SessionEntry | null>;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, entry: SessionEntry): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** Resolves when every running refresh has stored its tokens and the connection is closed. */
  close(): Promise<void>;
}
