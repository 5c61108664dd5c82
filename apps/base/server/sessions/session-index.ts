import type { Redis } from 'ioredis';

/** The ids of sessions by the names of `session-names.ts`. Every name lives as long as its sessions. */
export interface SessionIndex {
  /** Adds a session to names, or extends its stay there, unless it has ended meanwhile. */
  add(id: string, names: readonly string[]): Promise<void>;
  remove(id: string, names: readonly string[]): Promise<void>;
  /** The sessions that have all of these names. */
  find(names: readonly string[]): Promise<string[]>;
}

/** In one step, so that a session that ends at the same time leaves nothing in the index. */
const addIfStored = `
if redis.call('exists', KEYS[1]) == 0 then return 0 end
for i = 2, #KEYS do
  redis.call('zremrangebyscore', KEYS[i], '-inf', ARGV[2])
  redis.call('zadd', KEYS[i], ARGV[2] + ARGV[3], ARGV[1])
  redis.call('expire', KEYS[i], ARGV[3])
end
return 1`;

const seconds = (): number => Math.trunc(Date.now() / 1000);

/**
 * The index in Redis: a sorted set for each name, with the time at which each session expires as its score. A session
 * that expires leaves its entry to the next write, and at the latest the key expires with the name's last session.
 * @param sessionKey the key of a session. @param ttl seconds.
 */
export const createSessionIndex = (
  redis: Redis,
  { app, sessionKey, ttl }: { app: string; sessionKey: (id: string) => string; ttl: number },
): SessionIndex => {
  const keyOf = (name: string): string => `${app}:${name}`;
  return {
    add: async (id, names) => {
      const keys = [sessionKey(id), ...names.map(keyOf)];
      await redis.eval(addIfStored, keys.length, ...keys, id, seconds(), ttl);
    },
    remove: async (id, names) => {
      await Promise.all(names.map((name) => redis.zrem(keyOf(name), id)));
    },
    find: async (names) => {
      const found = await Promise.all(names.map((name) => redis.zrange(keyOf(name), seconds(), '+inf', 'BYSCORE')));
      const [first = [], ...others] = found;
      return first.filter((id) => others.every((ids) => ids.includes(id)));
    },
  };
};
