import { openRedisSessions } from './redis-sessions.ts';
import { createProcessLock, createSharedLock, type RefreshLock } from './refresh-lock.ts';
import { refreshTimes } from './refresh-times.ts';
import type { SessionEntry } from './session-entry.ts';

/** How sessions are kept by this process: in its memory until `mountRedis`. */
export const sessions: {
  /** What nuxt-oidc-auth's `oidc` storage is really mounted on. */
  driver(): string;
  lock: RefreshLock;
  /** Whether sessions can be read now. */
  available(): Promise<boolean>;
  read(id: string): Promise<SessionEntry | null>;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, entry: SessionEntry): Promise<boolean>;
  remove(id: string): Promise<void>;
} = {
  driver: () => useStorage().getMount('oidc').driver.name ?? 'unknown',
  lock: createProcessLock(refreshTimes.wait),
  available: async () => true,
  read: (id) => useStorage('oidc').getItem<SessionEntry>(id),
  replace: async (id, entry) => {
    if (!(await useStorage('oidc').hasItem(id))) return false;
    await useStorage('oidc').setItem(id, entry);
    return true;
  },
  remove: (id) => useStorage('oidc').removeItem(id),
};

/**
 * Keeps the sessions of an app in Redis from here on; returns how to leave it, once every refresh has stored its tokens.
 * Throws an Error with a sentence on a malformed URL.
 */
export const mountRedis = (app: string, url: string): (() => Promise<void>) => {
  const { driver, redis, lockStore, replace, ping } = openRedisSessions(app, url);
  useStorage().mount('oidc', driver);
  sessions.lock = createSharedLock(lockStore, `${app}:refresh`, refreshTimes);
  sessions.available = ping;
  sessions.replace = (id, entry) => replace(id, JSON.stringify(entry));
  return async () => {
    await sessions.lock.idle();
    redis.disconnect();
  };
};
