import { isEntry, withNames, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { namesOf, redisKeys } from '../settings/session-keys.ts';
import { refreshTimes, sessionTtlSeconds as ttl } from '../settings/session-times.ts';
import { connectRedis, responds } from './redis-connection.ts';
import { createRedisLockStore, createSharedLock } from './refresh-lock.ts';
import { createSessionIndex, type Removed } from './session-index.ts';
import type { SessionStore } from './session-store.ts';

/** The stored value may be the new one already: ioredis sends a command again when its response was lost. */
const replaceIf = `
local stored = redis.call('get', KEYS[1])
if not stored or (stored ~= ARGV[1] and not string.find(stored, ARGV[2], 1, true)) then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1`;

/** The entry of a session among those that were removed, unless it is damaged. Undefined: the session is not one of them. */
function entryOf(id: string, removed: readonly Removed[]): Awaited<ReturnType<SessionStore['remove']>> {
  const stored = removed.find(([each]) => each === id)?.[1];
  if (stored === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(stored);
    return isEntry(value) ? { entry: value } : {};
  } catch {
    return {};
  }
}

/** Sessions of an app in Redis, shared by all its pods. Throws an Error with a full sentence on a malformed URL. */
export const createRedisSessions = (app: string, url: string): SessionStore => {
  const keys = redisKeys(app);
  const { driver, redis } = connectRedis(url, keys.entries);
  const index = createSessionIndex(redis, keys, ttl);
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
    lock: createSharedLock(createRedisLockStore(redis), keys.refresh, refreshTimes),
    available: () => responds(redis),
    read: (id) => useStorage('oidc').getItem<SessionEntry>(id),
    replace: async (id, entry, read) => {
      const named = await withNames(entry);
      const having = read.accessToken.encryptedToken;
      const replaced = await redis.eval(replaceIf, 1, keys.entry(id), JSON.stringify(named), having, ttl);
      if (replaced === 1) await index.add(id, named.names);
      return replaced === 1;
    },
    remove: async (id, reason) => entryOf(id, await index.remove([id], { reason })),
    endReason: index.endReason,
    end: async (claims) => {
      const names = namesOf(claims);
      // Before the search, so that a sign-in that stores its session after the search finds this record. A full Redis
      // refuses it, and can still remove sessions.
      await index.noteEnd(names).catch(() => {});
      return (await index.remove(await index.find(names), { names, reason: 'back-channel' })).map(([id]) => id);
    },
    time: index.time,
    endedSince: (entry, since) => index.endedSince(entry.names ?? [], since),
    usedLogoutTokens: {
      has: async (jti) => (await redis.exists(keys.usedLogoutToken(jti))) === 1,
      add: async (jti, seconds) => (await redis.set(keys.usedLogoutToken(jti), '1', 'EX', seconds, 'NX')) === 'OK',
    },
    close: async () => redis.disconnect(),
  };
};
