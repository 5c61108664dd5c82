import type { Redis } from 'ioredis';
import { createError } from 'h3';
import type { Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { parseRedisUrl } from './redis-url.ts';
import { sessionTtlSeconds } from './session-ttl.ts';

/** Milliseconds for a command or a connection: a request asks Redis twice at worst, and must fail within 2 s. */
const patience = 800;

/** Sessions in Redis: the driver that `oidc` is mounted on, and what only Redis itself can do. */
export interface RedisSessions {
  driver: Driver;
  redis: Redis;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, value: string): Promise<boolean>;
}

/** Turns a fault of Redis into a 503, where it would be an error without a status, and so a 500. */
const or503 =
  <Arguments extends unknown[], Result>(ask: (...args: Arguments) => Result) =>
  async (...args: Arguments): Promise<Awaited<Result>> => {
    try {
      return await ask(...args);
    } catch (cause) {
      const message = 'Sessions cannot be read right now. Please try again in a moment.';
      throw createError({ statusCode: 503, message, cause });
    }
  };

/**
 * Opens the sessions of an app at a SESSION_REDIS_URL. Returns at once, also when Redis is down: readiness tells.
 * Throws an Error with a sentence when the URL is malformed.
 */
export const openRedisSessions = (app: string, url: string): RedisSessions => {
  const base = `${app}:oidc`;
  const ttl = sessionTtlSeconds;
  const driver = redisDriver({
    ...parseRedisUrl(url),
    base,
    ttl,
    commandTimeout: patience,
    connectTimeout: patience,
    // A connection whose other end is gone without a word would otherwise fail command by command for minutes.
    socketTimeout: 3 * patience,
    maxRetriesPerRequest: 1,
    retryStrategy: (attempt: number) => Math.min(100 * attempt, 1000),
  });
  const redis = driver.getInstance?.() as Redis;
  return {
    redis,
    replace: or503(async (id, value) => (await redis.set(`${base}:${id}`, value, 'EX', ttl, 'XX')) === 'OK'),
    driver: {
      ...driver,
      hasItem: or503(driver.hasItem),
      getItem: or503(driver.getItem),
      setItem: or503(driver.setItem!),
      removeItem: or503(driver.removeItem!),
    },
  };
};
