import type { Redis } from 'ioredis';
import { createStorage, type Storage } from 'unstorage';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { redisInstalled, startRedis } from '../../test/redis.ts';
import { createRedisSessions } from './redis-sessions.ts';
import { namesOf } from '../settings/session-keys.ts';
import type { SessionStore } from './session-store.ts';
import { sessionTtlSeconds } from '../settings/session-times.ts';

// The module's code imports `#imports`, which only Nuxt resolves. In this mock a token is its claims.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken }: { encryptedToken: string }) => encryptedToken,
  parseJwtToken: (token: string): unknown => JSON.parse(token),
}));

const claims = { sid: 'session', sub: 'person' };
const [sid = '', sub = ''] = namesOf(claims);
const entryOf = (iat: number): SessionEntry => ({
  exp: iat + 300,
  iat,
  accessToken: { encryptedToken: 'a', iv: '' },
  idToken: { encryptedToken: JSON.stringify(claims), iv: '' },
});

describe.skipIf(!redisInstalled)('sessions of an app on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let sessions: SessionStore;
  let storage: Storage;
  const store = (id: string) => storage.setItem(id, entryOf(1) as never);
  const keys = async () => (await redis.keys('*')).toSorted();

  beforeAll(async () => {
    server = await startRedis();
    redis = await server.connect();
    sessions = createRedisSessions('app', server.url);
    vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.spyOn(console, 'log').mockImplementation(() => {});
    storage = createStorage({ driver: sessions.driver! });
    vi.stubGlobal('useStorage', (mount: string) => (mount === 'oidc' ? storage : undefined));
  });
  beforeEach(() => redis.flushdb());
  afterAll(async () => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    await sessions.close();
    await server.stop();
  });

  test('a session that cannot be found by its names does not stay', async () => {
    await redis.set(`app:${sid}`, 'no sorted set');
    await expect(store('one')).rejects.toMatchObject({ statusCode: 503 });
    expect(await redis.exists('app:oidc:one')).toBe(0);
  });

  test('an entry is replaced with its names, and none is made', async () => {
    expect(await sessions.replace('one', entryOf(2), entryOf(1))).toBe(false);
    expect(await keys()).toEqual([]);
    await redis.set('app:oidc:one', JSON.stringify(entryOf(1)));
    expect(await sessions.replace('one', entryOf(2), entryOf(1))).toBe(true);
    expect(await sessions.read('one')).toEqual({ ...entryOf(2), names: [sid, sub] });
    expect(await redis.zrange(`app:${sub}`, 0, -1)).toEqual(['one']);
  });

  test('an entry is replaced only with the token that was read, again also when the response was lost', async () => {
    const newer = { ...entryOf(3), accessToken: { encryptedToken: 'newer', iv: '' } };
    await redis.set('app:oidc:one', JSON.stringify(newer));
    const older = { ...entryOf(1), accessToken: { encryptedToken: 'older', iv: '' } };
    expect(await sessions.replace('one', entryOf(2), older)).toBe(false);
    expect(await sessions.replace('one', entryOf(4), newer)).toBe(true);
    expect(await sessions.replace('one', entryOf(4), newer)).toBe(true);
    expect(await sessions.read('one')).toMatchObject(entryOf(4));
    expect(await redis.ttl('app:oidc:one')).toBeGreaterThan(sessionTtlSeconds - 60);
  });

  test('a used logout token is known to every pod, for the given time', async () => {
    const other = createRedisSessions('app', server.url);
    expect(await other.usedLogoutTokens.has('jti')).toBe(false);
    const copies = [sessions, other, sessions].map(({ usedLogoutTokens }) => usedLogoutTokens.add('jti', 600));
    expect((await Promise.all(copies)).filter(Boolean), 'of three copies at once').toHaveLength(1);
    expect(await other.usedLogoutTokens.has('jti')).toBe(true);
    await other.close();
    const [key = ''] = await redis.keys('app:logout-token:*');
    expect(await redis.ttl(key)).toBeGreaterThan(590);
    expect(key, 'a name of a key, whatever the id of a token is').toMatch(/^app:logout-token:[\w-]{43}$/);
  });

  test('a session is removed with its names', async () => {
    await store('one');
    const stored = await sessions.read('one');
    expect(await sessions.remove('one')).toEqual({ entry: stored });
    expect(await sessions.remove('one'), 'again').toBeUndefined();
    expect(await keys()).toEqual([]);
    await redis.set('app:oidc:one', 'garbage');
    expect(await sessions.remove('one'), 'no entry').toEqual({});
    expect(await sessions.endReason('one')).toBeUndefined();
    await store('one');
    await sessions.remove('one', 'idle');
    await sessions.remove('one', 'signed-out');
    expect(await keys()).toEqual(['app:end:one']);
    expect(await sessions.endReason('one'), 'the first reason').toBe('idle');
    expect(await redis.ttl('app:end:one')).toBeGreaterThan(sessionTtlSeconds - 60);
  });

  test('what Authentik ends is gone, and a sign-in that is under way knows', async () => {
    const before = await sessions.time();
    for (const id of ['one', 'two']) await store(id);
    expect((await sessions.end({ sub: claims.sub })).toSorted()).toEqual(['one', 'two']);
    expect((await keys()).toSorted()).toEqual(['app:end:one', 'app:end:two', `app:ended:${sub}`]);
    expect(await sessions.endReason('two')).toBe('back-channel');
    expect(await sessions.endedSince({ ...entryOf(1), names: [sid, sub] }, before)).toBe(true);
    expect(await sessions.endedSince({ ...entryOf(1), names: ['sid:another'] }, before)).toBe(false);
    expect(await sessions.endedSince(entryOf(1), before), 'an entry of an older version').toBe(false);
  });

  test('a full Redis refuses what is new, and can still end sessions', async () => {
    await store('one');
    await redis.config('SET', 'maxmemory', '1');
    try {
      await expect(store('two')).rejects.toMatchObject({ statusCode: 503 });
      expect(await sessions.end({ sub: claims.sub })).toEqual(['one']);
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await sessions.read('one')).toBeNull();
    expect(await sessions.endReason('one')).toBe('back-channel');
  });

  test('what is no reason is none', async () => {
    await redis.set('app:end:one', 'a line\nof a header');
    expect(await sessions.endReason('one')).toBeUndefined();
  });

  test('an end is noted before its sessions are searched, so that no sign-in in between is missed', async () => {
    await redis.set(`app:${sub}`, 'no sorted set, so that the search fails');
    await expect(sessions.end({ sub: claims.sub })).rejects.toMatchObject({ statusCode: 503 });
    expect(await keys()).toContain(`app:ended:${sub}`);
  });

  test('it ends its connection', async () => {
    const other = createRedisSessions('app', server.url);
    expect(await other.available()).toBe(true);
    const clients = async () => (String(await redis.client('LIST')).match(/^id=/gm) ?? []).length;
    const connected = await clients();
    await other.close();
    await expect.poll(clients).toBe(connected - 1);
  });
});
