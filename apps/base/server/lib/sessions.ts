import type { Redis } from 'ioredis';
import { createRedisLockStore } from './redis-lock-store.ts';
import { createProcessLock, createSharedLock, type RefreshLock } from './refresh-lock.ts';
import { openRedisSessions } from './redis-sessions.ts';
import type { SessionEntry } from './session-entry.ts';

/** Milliseconds for Authentik's token endpoint. */
export const tokenTimeout = 4000;

// The lock outlives the slowest refresh, and those who wait outlast it too.
const lockTimes = { hold: 2 * tokenTimeout, wait: tokenTimeout + 1000, poll: 25 };

/** How sessions are kept by this process: in its memory until `mountRedis`. */
export const sessions: {
  lock: RefreshLock;
  redis?: Redis;
  read(id: string): Promise<SessionEntry | null>;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, entry: SessionEntry): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** What nuxt-oidc-auth's `oidc` storage is really mounted on. */
  driver(): string;
} = {
  lock: createProcessLock(),
  read: (id) => useStorage('oidc').getItem<SessionEntry>(id),
  replace: async (id, entry) => {
    if (!(await useStorage('oidc').hasItem(id))) return false;
    await useStorage('oidc').setItem(id, entry);
    return true;
  },
  remove: (id) => useStorage('oidc').removeItem(id),
  driver: () => useStorage().getMount('oidc').driver.name ?? 'unknown',
};

/** Keeps the sessions of an app in Redis from here on. Throws an Error with a sentence on a malformed URL. */
export const mountRedis = (app: string, url: string): Redis => {
  const { driver, redis, replace } = openRedisSessions(app, url);
  useStorage().mount('oidc', driver);
  sessions.redis = redis;
  sessions.replace = (id, entry) => replace(id, JSON.stringify(entry));
  sessions.lock = createSharedLock(createRedisLockStore(redis), `${app}:refresh`, lockTimes);
  return redis;
};
