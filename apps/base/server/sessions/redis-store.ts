import type { Redis } from 'ioredis';
import type { Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { failure } from '../http/failure.ts';
import { createRedisLockStore } from './redis-lock-store.ts';
import type { LockStore } from './refresh-lock.ts';
import { parseRedisUrl } from '../../../environment/redis-url.ts';
import { sessionTtlSeconds } from './session-ttl.ts';

/** Milliseconds for a command or a connection: a request asks Redis twice at worst, and must fail within 2 s. */
const commandTimeoutMs = 800;

/** Sessions in Redis: the driver that `oidc` is mounted on, and what only Redis itself can do. */
export interface RedisStore {
  driver: Driver;
  redis: Redis;
  lockStore: LockStore;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, value: string): Promise<boolean>;
  /** Whether Redis answers. */
  ping(): Promise<boolean>;
}

/** Logs when something of Redis fails and when it works again: one line each, however many requests notice. */
const createReporter = (failing: string, working: string) => {
  let fault: string | undefined;
  return (now: string | undefined) => {
    if (now && !fault) console.error(`Session storage: ${failing}: ${now}`);
    if (!now && fault) console.log(`Session storage: ${working}.`);
    fault = now;
  };
};

/**
 * Opens the sessions of an app at a SESSION_REDIS_URL. Returns at once, also when Redis is down: readiness tells.
 * What it returns rejects with a 503 while Redis does not answer, or refuses a write.
 * Throws an Error with a sentence when the URL is malformed.
 */
export const openRedisStore = (app: string, url: string): RedisStore => {
  const base = `${app}:oidc`;
  const ttl = sessionTtlSeconds;
  const driver = redisDriver({
    ...parseRedisUrl(url),
    base,
    ttl,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    // A connection whose other end is gone without a word would otherwise fail command by command for minutes.
    socketTimeout: 3 * commandTimeoutMs,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 1000),
  });
  const redis = driver.getInstance?.() as Redis;
  const connection = createReporter('Redis does not answer', 'Redis answers again');
  // Apart from the connection: a Redis that is out of memory, or read-only, answers and refuses writes.
  const writing = createReporter('Redis does not take writes', 'Redis takes writes again');
  redis.on('error', (error: Error) => connection(error.message));

  /** Turns a fault of Redis into a 503, where it would be an error without a status, and so a 500. */
  const or503 =
    (report: typeof connection) =>
    <Arguments extends unknown[], Result>(ask: (...args: Arguments) => Result) =>
    async (...args: Arguments): Promise<Awaited<Result>> => {
      try {
        const result = await ask(...args);
        report(undefined);
        return result;
      } catch (error) {
        report((error as Error).message);
        throw failure(503, 'Sessions cannot be read right now. Please try again in a moment.', error);
      }
    };
  const read = or503(connection);
  const write = or503(writing);
  const lockStore = createRedisLockStore(redis);

  return {
    redis,
    lockStore: { take: write(lockStore.take), renew: write(lockStore.renew), free: write(lockStore.free) },
    replace: write(async (id, value) => (await redis.set(`${base}:${id}`, value, 'EX', ttl, 'XX')) === 'OK'),
    ping: () =>
      read(() => redis.ping())().then(
        () => true,
        () => false,
      ),
    driver: {
      ...driver,
      hasItem: read(driver.hasItem),
      getItem: read(driver.getItem),
      setItem: write(driver.setItem!),
      removeItem: write(driver.removeItem!),
    },
  };
};
