import type { Redis } from 'ioredis';
import { reasonNamed, type EndReason, type SessionReason } from '../../../environment/session-reasons.ts';
import type { RedisKeys } from '../settings/session-keys.ts';

/** In seconds. Longer than a sign-in takes to store its session (nuxt-oidc-auth/redeem-code.ts). */
const endNotedSeconds = 60;

/** Atomic, so that a session that ends at the same time leaves nothing in the index. */
const addIfStored = `
if redis.call('exists', KEYS[1]) == 0 then return 0 end
for i = 2, #KEYS do
  redis.call('zremrangebyscore', KEYS[i], '-inf', ARGV[2])
  redis.call('zadd', KEYS[i], ARGV[2] + ARGV[3], ARGV[1])
  redis.call('expire', KEYS[i], ARGV[3])
end
return 1`;

/**
 * Atomic, so that a crash cannot leave an entry in the index. A corrupt session must not prevent the removal of the
 * others. The reason is written after the removal, so that a full store can still remove: it refuses a script's first
 * command that needs memory. Arguments: key prefixes of entries, ends and index, names as JSON, reason, its lifetime, ids.
 */
const removeAll = `
local ended = {}
for i = 7, #ARGV do
  local id, key, names, entry = ARGV[i], ARGV[1] .. ARGV[i], cjson.decode(ARGV[4]), ''
  pcall(function()
    entry = redis.call('get', key) or ''
    for _, name in ipairs(cjson.decode(entry).names) do names[#names + 1] = name .. '' end
  end)
  if redis.call('del', key) == 1 then
    ended[#ended + 1] = { id, entry }
    if ARGV[5] ~= '' then redis.pcall('set', ARGV[2] .. id, ARGV[5], 'EX', ARGV[6]) end
  end
  for _, name in ipairs(names) do redis.call('zrem', ARGV[3] .. name, id) end
end
return ended`;

/** A session that was removed, and its entry as it was stored. */
export type Removed = [id: string, entry: string];

/** Sessions per script call. Redis runs no other command during a script. */
const batch = 100;

const seconds = (): number => Math.trunc(Date.now() / 1000);

/**
 * Finds sessions in Redis by the names of session-keys.ts: a sorted set of ids for each name. The score of a session is
 * the time at which it expires. The next write removes the entries of expired sessions, and the set itself expires with
 * its last session.
 * @param ttl seconds.
 */
export const createSessionIndex = (redis: Redis, keys: RedisKeys, ttl: number) => {
  /** Milliseconds since the epoch by the clock of Redis. */
  const time = async (): Promise<number> => {
    const [second, microsecond] = await redis.time();
    return Number(second) * 1000 + Math.trunc(Number(microsecond) / 1000);
  };
  return {
    time,
    /** Adds a session under these names, or extends its expiry there, unless it has ended meanwhile. */
    add: async (id: string, names: readonly string[]): Promise<void> => {
      const all = [keys.entry(id), ...names.map(keys.index)];
      await redis.eval(addIfStored, all.length, ...all, id, seconds(), ttl);
    },
    /**
     * Removes sessions from the store and from the index, and remembers the reason if there is one. They have these
     * names even if their entries cannot be read. @returns those that were still in the store, with what was stored.
     */
    remove: async (
      ids: readonly string[],
      { names = [], reason }: { names?: readonly string[]; reason?: EndReason | undefined } = {},
    ): Promise<Removed[]> => {
      const ended: Removed[] = [];
      for (let start = 0; start < ids.length; start += batch) {
        const some = ids.slice(start, start + batch);
        const how = [keys.entry(''), keys.end(''), keys.index(''), JSON.stringify(names), reason ?? '', ttl];
        ended.push(...((await redis.eval(removeAll, 0, ...how, ...some)) as Removed[]));
      }
      return ended;
    },
    /** Undefined when no reason was given, or a session's lifetime ago. */
    endReason: async (id: string): Promise<SessionReason | undefined> => reasonNamed(await redis.get(keys.end(id))),
    /** The sessions that have all of these names. */
    find: async (names: readonly string[]): Promise<string[]> => {
      const found = await Promise.all(
        names.map((name) => redis.zrange(keys.index(name), seconds(), '+inf', 'BYSCORE')),
      );
      const [first = new Set<string>(), ...others] = found.map((ids) => new Set(ids));
      return [...others.reduce((both, ids) => both.intersection(ids), first)];
    },
    /** Records for a minute that Authentik has ended the sessions with all of these names, for sign-ins in progress. */
    noteEnd: async (names: readonly string[]): Promise<void> => {
      await redis.set(keys.ended(names), await time(), 'EX', endNotedSeconds);
    },
    /** Whether Authentik has ended sessions with all of these names, or with one of them, since a {@link time}. */
    endedSince: async (names: readonly string[], since: number): Promise<boolean> => {
      const ends = await redis.mget([names, ...names.map((name) => [name])].map(keys.ended));
      // A missing record is null, which counts as 0.
      return ends.some((end) => Number(end) >= since);
    },
  };
};
