import type { Redis } from 'ioredis';
import type { Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { storeUnavailable } from '../http/failure.ts';
import { metrics } from '../metrics/metrics.ts';
import { timeOutCommands } from './command-timeout.ts';
import { createRedisLockStore } from './refresh-lock.ts';
import type { LockStore } from './refresh-lock.ts';
import { parseRedisUrl } from '../../../environment/redis-url.ts';
import { createSessionIndex, type SessionIndex } from './session-index.ts';
import { redisKeys } from './session-keys.ts';
import type { UsedLogoutTokens } from './session-store.ts';
import { sessionTtlSeconds as ttl, timeouts } from './session-times.ts';

/** Sessions in Redis: the driver for the `oidc` storage, and operations that need Redis itself. */
export interface RedisStore {
  driver: Driver;
  redis: Redis;
  lockStore: LockStore;
  index: SessionIndex;
  usedLogoutTokens: UsedLogoutTokens;
  /** Overwrites an entry that contains a text, here an encrypted token (session-store.ts). */
  replace(id: string, value: string, having: string): Promise<boolean>;
  /** Whether Redis responds, and runs scripts. */
  ping(): Promise<boolean>;
}

/** The stored value may be the new one already: ioredis sends a command again when its response was lost. */
const replaceIf = `
local stored = redis.call('get', KEYS[1])
if not stored or (stored ~= ARGV[1] and not string.find(stored, ARGV[2], 1, true)) then return 0 end
redis.call('set', KEYS[1], ARGV[1], 'EX', ARGV[3])
return 1`;

/** Logs when Redis starts failing and when it works again: one line each, however many requests are affected. */
const createReporter = (failing: (error: Error) => string, working: string) => {
  let fault: Error | undefined;
  return (now?: Error) => {
    if (now && !fault) console.error(`Session storage: Redis ${failing(now)}: ${now.message}`);
    if (!now && fault) console.log(`Session storage: Redis ${working}.`);
    fault = now;
  };
};

/** An evicted session signs its user out, and without its index entry a logout token does not find it. */
const warnOfEvictions = async (redis: Redis): Promise<void> => {
  const [, policy] = /^maxmemory_policy:(\S+)/m.exec(await redis.info('memory')) ?? [];
  if (policy && policy !== 'noeviction')
    console.warn(`Session storage: Redis may evict sessions (maxmemory-policy ${policy}): set it to noeviction.`);
};

/**
 * Opens the session store of an app at a SESSION_REDIS_URL. Returns immediately, even when Redis is down; readiness
 * reports that. The methods reject with a 503 while Redis does not respond or refuses a write. Throws an Error with a
 * full sentence when the URL is malformed.
 */
export const openRedisStore = (app: string, url: string): RedisStore => {
  const keys = redisKeys(app);
  const driver = redisDriver({
    ...parseRedisUrl(url),
    base: keys.entries,
    ttl,
    connectTimeout: timeouts.redis,
    // A half-open connection would otherwise make every command time out for minutes.
    socketTimeout: 3 * timeouts.redis,
    maxRetriesPerRequest: 1,
    // After a failover the old primary keeps its connections, and refuses writes. The address leads to the new one.
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 1000),
  });
  const redis = driver.getInstance?.() as Redis;
  timeOutCommands(redis, timeouts.redis);
  const connection = createReporter(
    ({ name }) => (name === 'ReplyError' ? 'refuses a read' : 'does not answer'),
    'answers again',
  );
  // Separate from the connection check: a Redis that is read-only or out of memory responds, but refuses writes.
  const writing = createReporter(() => 'refuses writes', 'accepts writes again');
  redis.on('error', connection);
  // The ACL may forbid INFO.
  redis.on('ready', () => void warnOfEvictions(redis).catch(() => {}));

  /** Turns a Redis error into a 503. It has no status of its own, so h3 would respond with 500. */
  const or503 =
    (report: typeof connection, kind: 'read' | 'write') =>
    <Arguments extends unknown[], Result>(ask: (...args: Arguments) => Result) =>
    async (...args: Arguments): Promise<Awaited<Result>> => {
      try {
        const result = await ask(...args);
        report();
        return result;
      } catch (error) {
        report(error as Error);
        metrics.storeErrors.inc({ kind });
        throw storeUnavailable(error);
      }
    };
  const read = or503(connection, 'read');
  const write = or503(writing, 'write');
  const lockStore = createRedisLockStore(redis);
  const index = createSessionIndex(redis, keys, ttl);

  return {
    redis,
    lockStore: { take: write(lockStore.take), renew: write(lockStore.renew), free: write(lockStore.free) },
    index: {
      add: write(index.add),
      remove: write(index.remove),
      find: read(index.find),
      noteEnd: write(index.noteEnd),
      endReason: read(index.endReason),
      endedSince: read(index.endedSince),
      time: read(index.time),
    },
    usedLogoutTokens: {
      has: read(async (jti) => (await redis.exists(keys.usedLogoutToken(jti))) === 1),
      add: write(
        async (jti, seconds) => (await redis.set(keys.usedLogoutToken(jti), '1', 'EX', seconds, 'NX')) === 'OK',
      ),
    },
    replace: write(
      async (id, value, having) => (await redis.eval(replaceIf, 1, keys.entry(id), value, having, ttl)) === 1,
    ),
    ping: () =>
      read(() => redis.eval('return 1', 0))().then(
        () => true,
        () => false,
      ),
    driver: {
      ...driver,
      hasItem: read(driver.hasItem),
      getItem: read(driver.getItem),
      setItem: write(driver.setItem!),
    },
  };
};
