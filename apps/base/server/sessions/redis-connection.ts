import type { Command, Redis } from 'ioredis';
import type { Driver } from 'unstorage';
import redisDriver from 'unstorage/drivers/redis';
import { storeUnavailable } from '../http/failure.ts';
import { metrics } from '../metrics/metrics.ts';
import { sessionTtlSeconds as ttl, timeouts } from '../settings/session-times.ts';
import { timeOutCommands } from './command-timeout.ts';
import { parseRedisUrl } from '../../../environment/redis-url.ts';

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

const check = 'return 1';

/** Whether Redis responds, and runs scripts. */
export const responds = (redis: Redis): Promise<boolean> => redis.eval(check, 0).then(Boolean, () => false);

/** The commands of the sessions. Every other one is of ioredis itself. */
const reads: ReadonlySet<string> = new Set(['get', 'exists', 'mget', 'zrange', 'time']);
const writes: ReadonlySet<string> = new Set(['set', 'eval']);
const kindOf = ({ name, args }: Command): 'read' | 'write' | undefined => {
  if (reads.has(name) || args[0] === check) return 'read';
  return writes.has(name) ? 'write' : undefined;
};

/** Turns an error of Redis into a 503, logs and counts it. It has no status of its own, so h3 would respond with 500. */
const reportErrors = (redis: Redis): void => {
  const reporters = {
    read: createReporter(({ name }) => (name === 'ReplyError' ? 'refuses a read' : 'does not answer'), 'answers again'),
    // Separate from the connection: a Redis that is read-only or out of memory responds, but refuses writes.
    write: createReporter(() => 'refuses writes', 'accepts writes again'),
  };
  // A command that fails says so itself. A process that was busy for longer than the socket may be silent loses its
  // connection, gets another one, and no user notices.
  redis.on('error', () => {});

  const send = redis.sendCommand.bind(redis);
  const sent = new WeakSet<Command>();
  redis.sendCommand = (command, stream) => {
    const answer = send(command, stream) as Promise<unknown>;
    const kind = kindOf(command);
    // ioredis sends a command again after a reconnect, and nobody waits for that.
    if (!kind || sent.has(command)) return answer;
    sent.add(command);
    return answer.then(
      (result) => {
        reporters[kind]();
        return result;
      },
      (error: Error) => {
        reporters[kind](error);
        metrics.storeErrors.inc({ kind });
        throw storeUnavailable(error);
      },
    );
  };
};

/**
 * Opens the Redis of a SESSION_REDIS_URL. Returns immediately, even when it is down; readiness reports that. Commands
 * reject with a 503 while Redis does not respond or refuses them. Throws an Error with a full sentence when the URL is
 * malformed.
 * @param base the prefix of the driver's keys.
 */
export const connectRedis = (url: string, base: string): { driver: Driver; redis: Redis } => {
  const driver = redisDriver({
    ...parseRedisUrl(url),
    base,
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
  reportErrors(redis);
  // The ACL may forbid INFO.
  redis.on('ready', () => void warnOfEvictions(redis).catch(() => {}));
  return { driver, redis };
};
