import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { redisInstalled, startRedis } from '../../test/redis.ts';
import { connectRedis, responds } from './redis-connection.ts';
import { createRedisLockStore } from './refresh-lock.ts';
import { createSessionIndex } from './session-index.ts';
import { redisKeys } from '../settings/session-keys.ts';

/** The connection of a pod, and what uses it. */
const open = (url: string) => {
  const { redis, driver } = connectRedis(url, 'app:oidc');
  const index = createSessionIndex(redis, redisKeys('app'), 1000);
  return { redis, driver, index, lockStore: createRedisLockStore(redis), ping: () => responds(redis) };
};

test.each([
  ['redis', '*'],
  // The content type of a TLS record with a handshake (RFC 8446 section 5.1).
  ['rediss', '\u0016'],
])('%s:// begins with %j', async (scheme, first) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { redis } = open(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [Socket];
  const [data] = (await once(socket, 'data')) as [Buffer];
  expect(data.toString('latin1', 0, 1)).toBe(first);
  redis.disconnect();
  socket.destroy();
  server.close();
});

describe.skipIf(!redisInstalled)('sessions on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let sessions: ReturnType<typeof open>;
  const said: string[] = [];

  beforeAll(async () => {
    server = await startRedis();
    redis = await server.connect();
    sessions = open(server.url);
    for (const method of ['log', 'warn', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line: string) => void said.push(line));
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    sessions.redis.disconnect();
    await server.stop();
  });

  test('a write that Redis refuses is a 503, a read is none, and each change is one line of the log', async () => {
    await redis.set('app:oidc:id', 'kept');
    await redis.config('SET', 'min-replicas-to-write', '1');
    said.length = 0;
    const refused: Record<string, () => Promise<unknown>> = {
      take: () => sessions.lockStore.take('lock', 'token', 1000),
      setItem: async () => sessions.driver.setItem?.('id', 'new', {}),
      remove: () => sessions.index.remove(['id']),
    };
    const answers: Record<string, unknown> = {};
    for (const [name, write] of Object.entries(refused))
      answers[name] = await write().then(
        () => 'written',
        ({ statusCode, message }: { statusCode?: number; message?: string }) => `${statusCode} ${message}`,
      );
    const busy = '503 We cannot check your sign-in right now. Please try again in a moment.';
    expect(answers).toEqual({ take: busy, setItem: busy, remove: busy });
    expect(await sessions.driver.getItem('id')).toBe('kept');
    expect(await sessions.ping()).toBe(true);

    await redis.config('SET', 'min-replicas-to-write', '0');
    expect(await sessions.lockStore.take('lock', 'token', 1000)).toBe(true);
    expect(said).toEqual([
      expect.stringMatching(/^Session storage: Redis refuses writes: NOREPLICAS/),
      'Session storage: Redis accepts writes again.',
    ]);
  });

  test('an error reply of Redis is not logged as an outage', async () => {
    await redis.rpush('app:end:list', 'value');
    said.length = 0;
    await expect(sessions.index.endReason('list')).rejects.toMatchObject({ statusCode: 503 });
    expect(await sessions.ping()).toBe(true);
    expect(said).toEqual([
      expect.stringMatching(/^Session storage: Redis refuses a read: WRONGTYPE/),
      'Session storage: Redis answers again.',
    ]);
  });

  test('Redis counts as unavailable when its ACL forbids scripts, because nobody could sign in', async () => {
    await redis.acl('SETUSER', 'limited', 'on', '>secret', '~*', '+@all', '-eval');
    const { redis: connection, ping } = open(server.url.replace('//', '//limited:secret@'));
    expect(await ping()).toBe(false);
    connection.disconnect();
  });

  test('an eviction policy that may remove sessions is logged', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    said.length = 0;
    const { redis: connection } = open(server.url);
    await expect
      .poll(() => said)
      .toEqual(['Session storage: Redis may evict sessions (maxmemory-policy allkeys-lru): set it to noeviction.']);
    connection.disconnect();
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
  });

  test('the way back to Redis is tried again soon, and less often later', () => {
    const { retryStrategy } = sessions.redis.options;
    expect([1, 5, 20].map((attempt) => retryStrategy?.(attempt))).toEqual([100, 500, 1000]);
    // After a night as well: nothing restarts a pod that gives up.
    expect(retryStrategy?.(40_000)).toBe(1000);
  });

  test('a lock that could not be taken during an outage is not taken after it', async () => {
    const own = await startRedis();
    const { redis: connection, lockStore, ping } = open(own.url);
    await expect.poll(ping, { timeout: 10_000 }).toBe(true);
    await own.stop();
    await expect(lockStore.take('lock', 'token', 60_000)).rejects.toMatchObject({ statusCode: 503 });
    const again = await startRedis(own.port);
    await expect.poll(ping, { timeout: 10_000 }).toBe(true);
    expect(await (await again.connect()).exists('lock')).toBe(0);
    connection.disconnect();
    await again.stop();
  });
});
