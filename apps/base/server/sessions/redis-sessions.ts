import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { openRedisStore } from './redis-store.ts';
import { createSharedLock } from './refresh-lock.ts';
import { refreshTimes } from './refresh-times.ts';
import type { SessionStore } from './session-store.ts';

/** Sessions of an app in Redis, shared by all its pods. Throws an Error with a full sentence on a malformed URL. */
export const createRedisSessions = (app: string, url: string): SessionStore => {
  const { driver, redis, lockStore, replace, ping } = openRedisStore(app, url);
  const lock = createSharedLock(lockStore, `${app}:refresh`, refreshTimes);
  return {
    driver,
    lock,
    available: ping,
    read: (id) => useStorage('oidc').getItem<SessionEntry>(id),
    replace: (id, entry) => replace(id, JSON.stringify(entry)),
    remove: (id) => useStorage('oidc').removeItem(id),
    close: async () => {
      await lock.idle();
      redis.disconnect();
    },
  };
};
