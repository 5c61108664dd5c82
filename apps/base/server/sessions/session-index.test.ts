import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { redisInstalled, startRedis } from '../../test/redis.ts';
import { createSessionIndex } from './session-index.ts';
import { redisKeys } from '../settings/session-keys.ts';

const ttl = 1000;
const sessionKey = (id: string): string => `app:oidc:${id}`;

describe.skipIf(!redisInstalled)('the index on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let redis: Redis;
  let index: ReturnType<typeof createSessionIndex>;

  beforeAll(async () => {
    server = await startRedis();
    redis = await server.connect();
    index = createSessionIndex(redis, redisKeys('app'), ttl);
  });
  beforeEach(async () => {
    await redis.flushdb();
    for (const id of ['a', 'b', 'c']) await redis.set(sessionKey(id), '{}');
    await index.add('a', ['sid:1', 'sub:x']);
    await index.add('b', ['sid:2', 'sub:x']);
    await index.add('c', ['sid:1', 'sub:y']);
  });
  afterAll(() => server.stop());

  test.each([
    [['sid:1'], ['a', 'c']],
    [['sub:x'], ['a', 'b']],
    [['sid:1', 'sub:x'], ['a']],
    [['sid:2', 'sub:y'], []],
    [['sid:3'], []],
    [[], []],
  ])('%j names %j', async (names, ids) => {
    expect((await index.find(names)).toSorted()).toEqual(ids);
  });

  test.each([
    ['with its names in its entry', JSON.stringify({ names: ['sid:1', 'sub:x'] }), []],
    ['that has no entry any more, by the names of the search', undefined, ['sid:1', 'sub:x']],
    ['whose entry cannot be read, by the names of the search', 'garbage', ['sid:1', 'sub:x']],
    ['whose entry is no object, by the names of the search', 'null', ['sid:1', 'sub:x']],
    ['whose entry has no list of names, by the names of the search', '{"names":null}', ['sid:1', 'sub:x']],
    ['whose entry has a name that is none, by the names of the search', '{"names":[null]}', ['sid:1', 'sub:x']],
    ['whose key holds something else, by the names of the search', ['a list'], ['sid:1', 'sub:x']],
  ])('a session is removed %s', async (_what, entry, names) => {
    if (entry === undefined) await redis.del(sessionKey('a'));
    else if (typeof entry === 'string') await redis.set(sessionKey('a'), entry);
    else {
      await redis.del(sessionKey('a'));
      await redis.rpush(sessionKey('a'), ...entry);
    }
    const stored = typeof entry === 'string' ? entry : '';
    expect(await index.remove(['a'], { names, reason: 'back-channel' })).toEqual(
      entry === undefined ? [] : [['a', stored]],
    );
    expect(await index.endReason('a')).toBe(entry === undefined ? undefined : 'back-channel');
    expect(await redis.exists(sessionKey('a'))).toBe(0);
    expect(await index.find(['sid:1'])).toEqual(['c']);
    expect(await index.find(['sub:x'])).toEqual(['b']);
  });

  test('more sessions than one step removes leave no key behind', async () => {
    const ids = Array.from({ length: 250 }, (_, number) => `many-${number}`);
    for (const id of ids) {
      await redis.set(sessionKey(id), JSON.stringify({ names: ['sid:many', 'sub:many'] }));
      await index.add(id, ['sid:many', 'sub:many']);
    }
    const steps = vi.spyOn(redis, 'eval');
    const removed = await index.remove(await index.find(['sub:many']), { names: ['sub:many'] });
    expect(removed.map(([id]) => id).toSorted()).toEqual(ids.toSorted());
    expect(Math.max(...steps.mock.calls.map((step) => step.length)), 'arguments of the longest step').toBeLessThan(110);
    steps.mockRestore();
    expect((await redis.keys('*')).filter((key) => key.includes('many'))).toEqual([]);
  });

  test('a sign-in sees that what it belongs to has ended since it began', async () => {
    const before = await index.time();
    expect(Math.abs(before - Date.now()), 'the clock of Redis, which is on this machine').toBeLessThan(1000);
    const podsClock = vi.spyOn(Date, 'now').mockReturnValue(before - 3_600_000);
    expect(await index.time(), 'the time of a pod whose clock is an hour behind').toBeGreaterThanOrEqual(before);
    podsClock.mockRestore();
    expect(await index.endedSince(['sid:1', 'sub:x'], before)).toBe(false);
    await index.noteEnd(['sid:1', 'sub:x']);
    const end = Number(await redis.get('app:ended:sid:1+sub:x'));
    expect(await index.endedSince(['sid:1', 'sub:x'], end), 'a sign-in of the same millisecond').toBe(true);
    expect(await index.endedSince(['sid:1', 'sub:x'], end + 1), 'a sign-in after it').toBe(false);
    expect(await index.endedSince(['sid:1', 'sub:x'], before)).toBe(true);
    expect(await index.endedSince(['sid:2', 'sub:x'], before), 'another session of the person').toBe(false);
    await index.noteEnd(['sub:x']);
    expect(await index.endedSince(['sid:2', 'sub:x'], before), 'after all of the person').toBe(true);
    expect(await index.endedSince(['sid:2', 'sub:x'], (await index.time()) + 1), 'a later sign-in').toBe(false);
    expect(await index.endedSince([], before), 'a session without names').toBe(false);
    const ttls = await Promise.all((await redis.keys('app:ended:*')).map((key) => redis.ttl(key)));
    expect(ttls.every((left) => left > 0 && left <= 60)).toBe(true);
  });

  test('a session that has ended meanwhile is not added', async () => {
    await index.remove(['a'], { names: ['sid:1', 'sub:x'] });
    await index.add('a', ['sid:1', 'sub:x']);
    expect(await index.find(['sid:1'])).toEqual(['c']);
  });

  test('a name lives as long as its newest session, and forgets those that expired', async () => {
    expect(await redis.ttl('app:sub:x')).toBeGreaterThan(ttl - 10);
    await redis.zadd('app:sub:x', 1, 'expired long ago');
    expect(await index.find(['sub:x'])).not.toContain('expired long ago');
    await redis.expire('app:sub:x', 5);
    await index.add('a', ['sub:x']);
    expect(await redis.zrange('app:sub:x', 0, -1)).not.toContain('expired long ago');
    expect(await redis.ttl('app:sub:x')).toBeGreaterThan(ttl - 10);
  });
});
