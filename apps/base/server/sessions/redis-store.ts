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
import { sessionTtlSeconds } from './session-ttl.ts';
import { createRedisUsedLogoutTokens, type UsedLogoutTokens } from './used-logout-tokens.ts';

/** Milliseconds for a command or a connection. A request uses Redis at most twice, and must fail within 2 s. */
const commandTimeoutMs = 800;

/** Sessions in Redis: the driver for the `oidc` storage, and operations that need Redis itself. */
export interface RedisStore {
  driver: Driver;
  redis: Redis;
  lockStore: LockStore;
  index: SessionIndex;
  usedLogoutTokens: UsedLogoutTokens;
  /** Overwrites the entry of an existing session. False: the session was ended, and is not created again. */
  replace(id: string, value: string): Promise<boolean>;
  /** Whether Redis responds. */
  ping(): Promise<boolean>;
}

/** Logs when Redis starts failing and when it works again: one line each, however many requests are affected. */
const createReporter = (failing: string, working: string) => {
  let fault: string | undefined;
  return (now: string | undefined) => {
    if (now && !fault) console.error(`Session storage: ${failing}: ${now}`);
    if (!now && fault) console.log(`Session storage: ${working}.`);
    fault = now;
  };
};

/**
 * Opens the session store of an app at a SESSION_REDIS_URL. Returns immediately, even when Redis is down; readiness
 * reports that. The methods reject with a 503 while Redis does not respond or refuses a write. Throws an Error with a
 * full sentence when the URL is malformed.
 */
export const openRedisStore = (app: string, url: string): RedisStore => {
  const base = `${app}:oidc`;
  const ttl = sessionTtlSeconds;
  const driver = redisDriver({
    ...parseRedisUrl(url),
    base,
    ttl,
    connectTimeout: commandTimeoutMs,
    // A half-open connection would otherwise make every command time out for minutes.
    socketTimeout: 3 * commandTimeoutMs,
    maxRetriesPerRequest: 1,
    // After a failover the old primary keeps its connections, and refuses writes. The address leads to the new one.
    reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 1000),
  });
  const redis = driver.getInstance?.() as Redis;
  timeOutCommands(redis, commandTimeoutMs);
  const connection = createReporter('Redis does not answer', 'Redis answers again');
  // Separate from the connection check: a Redis that is read-only or out of memory responds, but refuses writes.
  const writing = createReporter('Redis refuses writes', 'Redis accepts writes again');
  redis.on('error', (error: Error) => connection(error.message));

  /** Turns a Redis error into a 503. It has no status of its own, so h3 would respond with 500. */
  const or503 =
    (report: typeof connection, kind: 'read' | 'write') =>
    <Arguments extends unknown[], Result>(ask: (...args: Arguments) => Result) =>
    async (...args: Arguments): Promise<Awaited<Result>> => {
      try {
        const result = await ask(...args);
        report(undefined);
        return result;
      } catch (error) {
        report((error as Error).message);
        metrics.storeErrors.inc({ kind });
        throw storeUnavailable(error);
      }
    };
  const read = or503(connection, 'read');
  const write = or503(writing, 'write');
  const lockStore = createRedisLockStore(redis);
  const index = createSessionIndex(redis, { app, base, ttl });
  const usedLogoutTokens = createRedisUsedLogoutTokens(redis, app);

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
    usedLogoutTokens: { has: read(usedLogoutTokens.has), add: write(usedLogoutTokens.add) },
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
      removeItem: write(async (id: string) => void (await index.remove([id]))),
    },
  };
};
