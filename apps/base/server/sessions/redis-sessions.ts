import { withNames, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { openRedisStore } from './redis-store.ts';
import { createSharedLock } from './refresh-lock.ts';
import { refreshTimes } from './session-times.ts';
import { namesOf, redisKeys } from './session-keys.ts';
import type { SessionStore } from './session-store.ts';

/** Sessions of an app in Redis, shared by all its pods. Throws an Error with a full sentence on a malformed URL. */
export const createRedisSessions = (app: string, url: string): SessionStore => {
  const { driver, redis, lockStore, replace, index, usedLogoutTokens, ping } = openRedisStore(app, url);
  const lock = createSharedLock(lockStore, redisKeys(app).refresh, refreshTimes);
  const read = (id: string) => useStorage('oidc').getItem<SessionEntry>(id);
  return {
    driver: {
      ...driver,
      setItem: async (id, value, options) => {
        const entry = await withNames(JSON.parse(value) as SessionEntry);
        await driver.setItem?.(id, JSON.stringify(entry), options);
        try {
          await index.add(id, entry.names);
        } catch (error) {
          // A session that is not in the index could not be ended by a back-channel logout.
          await index.remove([id]).catch(() => {});
          throw error;
        }
      },
    },
    lock,
    available: ping,
    read,
    replace: async (id, entry, read) => {
      const named = await withNames(entry);
      if (!(await replace(id, JSON.stringify(named), read.accessToken.encryptedToken))) return false;
      await index.add(id, named.names);
      return true;
    },
    remove: async (id, reason) => (await index.remove([id], { reason })).length > 0,
    endReason: index.endReason,
    end: async (claims) => {
      const names = namesOf(claims);
      // Before the search, so that a sign-in that stores its session after the search finds this record. A full Redis
      // refuses it, and can still remove sessions.
      await index.noteEnd(names).catch(() => {});
      return index.remove(await index.find(names), { names, reason: 'back-channel' });
    },
    time: index.time,
    endedSince: (entry, since) => index.endedSince(entry.names ?? [], since),
    usedLogoutTokens,
    close: async () => redis.disconnect(),
  };
};
