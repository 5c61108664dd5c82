import type { Redis } from 'ioredis';
import type { Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { failure } from './failure.ts';
import { parseRedisUrl } from '../../../environment/redis-url.ts';
import { sessionTtlSeconds } from './session-ttl.ts';

/** Milliseconds for a command or a connection: a request asks Redis twice at worst, and must fail within 2 s. */
const patience = 800;

/** Sessions in Redis: the driver that `oidc` is mounted on, and what only Redis itself can do. */
export interface RedisSessions {
  driver: Driver;
  redis: Redis;
  /** Overwrites the entry of a session that is still there. False: it has been ended, and stays ended. */
  replace(id: string, value: string): Promise<boolean>;
  /** Whether Redis answers. */
  ping(): Promise<boolean>;
}

/** Logs when Redis goes and when it comes back: one line each, however many requests notice. */
const createReporter = () => {
  let fault: string | undefined;
  return (now: string | undefined) => {
    if (now && !fault) console.error(`Session storage: Redis does not answer: ${now}`);
    if (!now && fault) console.log('Session storage: Redis answers again.');
    fault = now;
  };
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
  const report = createReporter();
  redis.on('error', (error: Error) => report(error.message));

  /** Turns a fault of Redis into a 503, where it would be an error without a status, and so a 500. */
  const or503 =
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

  return {
    redis,
    replace: or503(async (id, value) => (await redis.set(`${base}:${id}`, value, 'EX', ttl, 'XX')) === 'OK'),
    ping: () =>
      or503(() => redis.ping())().then(
        () => true,
        () => false,
      ),
    driver: {
      ...driver,
      hasItem: or503(driver.hasItem),
      getItem: or503(driver.getItem),
      setItem: or503(driver.setItem!),
      removeItem: or503(driver.removeItem!),
    },
  };
};
