import type { Redis } from 'ioredis';
import type { LockStore } from './refresh-lock.ts';

const ifMine = (command: string) => `if redis.call('get', KEYS[1]) == ARGV[1] then return ${command} end return 0`;
const renewIfMine = ifMine(`redis.call('pexpire', KEYS[1], ARGV[2])`);
const freeIfMine = ifMine(`redis.call('del', KEYS[1])`);

/** Every method rejects with the error of Redis when it does not respond or refuses a write. */
export const createRedisLockStore = (redis: Redis): LockStore => ({
  take: async (key, token, milliseconds) => (await redis.set(key, token, 'PX', milliseconds, 'NX')) === 'OK',
  renew: async (key, token, milliseconds) => (await redis.eval(renewIfMine, 1, key, token, milliseconds)) === 1,
  free: async (key, token) => {
    await redis.eval(freeIfMine, 1, key, token);
  },
});
