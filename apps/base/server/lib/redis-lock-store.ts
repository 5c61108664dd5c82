import type { Redis } from 'ioredis';
import type { LockStore } from './refresh-lock.ts';

const freeIfMine = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

export const createRedisLockStore = (redis: Redis): LockStore => ({
  take: async (key, token, milliseconds) => (await redis.set(key, token, 'PX', milliseconds, 'NX')) === 'OK',
  free: async (key, token) => {
    await redis.eval(freeIfMine, 1, key, token);
  },
});
