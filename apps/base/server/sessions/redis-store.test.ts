import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { redisInstalled, startRedis } from './redis-testing.ts';
import { openRedisStore, type RedisStore } from './redis-store.ts';

describe.skipIf(!redisInstalled)('sessions on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let sessions: RedisStore;
  const said: string[] = [];

  beforeAll(async () => {
    server = await startRedis();
    redis = await server.connect();
    sessions = openRedisStore('app', server.url);
    for (const method of ['log', 'error'] as const)
      vi.spyOn(console, method).mockImplementation((line: string) => void said.push(line));
  });

  afterAll(async () => {
    vi.restoreAllMocks();
    sessions.redis.disconnect();
    await server.stop();
  });

  test('replace overwrites an entry that is there, and makes none', async () => {
    expect(await sessions.replace('id', 'revived')).toBe(false);
    expect(await redis.exists('app:oidc:id')).toBe(0);
    await redis.set('app:oidc:id', 'old');
    expect(await sessions.replace('id', 'new')).toBe(true);
    expect(await redis.get('app:oidc:id')).toBe('new');
    expect(await redis.ttl('app:oidc:id')).toBeGreaterThan(0);
  });

  test('a write that Redis refuses is a 503, a read is none, and each change is one line of the log', async () => {
    await redis.set('app:oidc:id', 'kept');
    await redis.config('SET', 'min-replicas-to-write', '1');
    said.length = 0;
    const refused: Record<string, () => Promise<unknown>> = {
      replace: () => sessions.replace('id', 'new'),
      take: () => sessions.lockStore.take('lock', 'token', 1000),
      setItem: async () => sessions.driver.setItem?.('id', 'new', {}),
      removeItem: async () => sessions.driver.removeItem?.('id', {}),
    };
    const answers: Record<string, unknown> = {};
    for (const [name, write] of Object.entries(refused))
      answers[name] = await write().then(
        () => 'written',
        ({ statusCode, message }: { statusCode?: number; message?: string }) => `${statusCode} ${message}`,
      );
    const busy = '503 Sessions cannot be read right now. Please try again in a moment.';
    expect(answers).toEqual({ replace: busy, take: busy, setItem: busy, removeItem: busy });
    expect(await sessions.driver.getItem('id')).toBe('kept');
    expect(await sessions.ping()).toBe(true);

    await redis.config('SET', 'min-replicas-to-write', '0');
    expect(await sessions.replace('id', 'new')).toBe(true);
    expect(said).toEqual([
      expect.stringMatching(/^Session storage: Redis refuses writes: NOREPLICAS/),
      'Session storage: Redis accepts writes again.',
    ]);
  });

  test('a logout token that is used once is known', async () => {
    expect(await sessions.spentTokens.has('jti')).toBe(false);
    await sessions.spentTokens.add('jti', 10);
    expect(await sessions.spentTokens.has('jti')).toBe(true);
  });

  test('the way back to Redis is tried again soon, and less often later', () => {
    const { retryStrategy } = sessions.redis.options;
    expect([1, 5, 20].map((attempt) => retryStrategy?.(attempt))).toEqual([100, 500, 1000]);
  });

  test('an outage is one line of the log, and its end another', async () => {
    const own = await startRedis();
    const { redis: connection, ping } = openRedisStore('app', own.url);
    await expect.poll(ping, { timeout: 10_000 }).toBe(true);
    said.length = 0;
    await own.stop();
    await expect.poll(() => said).toEqual([expect.stringMatching(/^Session storage: Redis does not answer: /)]);
    expect(await ping()).toBe(false);
    const again = await startRedis(own.port);
    await expect.poll(ping, { timeout: 10_000 }).toBe(true);
    expect(said.slice(1)).toEqual(['Session storage: Redis answers again.']);
    connection.disconnect();
    await again.stop();
  });
});
