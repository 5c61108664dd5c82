import { readFile } from 'node:fs/promises';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { redisInstalled, startRedis } from '../../test/redis.ts';
import { busy, createProcessLock, createRedisLockStore, createSharedLock, type LockStore } from './refresh-lock.ts';

const times = {
  hold: 500,
  renewal: 100,
  wait: 2000,
  poll: 5,
  alone: { attempts: 50, interval: 1 },
  store: { attempts: 1, interval: 5 },
};

/** A store in which the lock is always free. */
const free: LockStore = { take: async () => true, renew: async () => true, free: async () => {} };

/** A task that finishes on command, and counts how many of its runs are in progress. */
const slowTask = () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const seen = { started: 0 };
  return {
    seen,
    finish: resolve,
    run: () => {
      seen.started += 1;
      return promise;
    },
  };
};

describe('the lock of a process', () => {
  test('runs anew for those who ask afterwards, also after a failure', async () => {
    const lock = createProcessLock(times);
    await expect(lock.shared('id', () => Promise.reject(new Error('first')))).rejects.toThrow('first');
    expect(await lock.shared('id', async () => 'second')).toBe('second');
  });

  test('answers busy to a request that has waited long enough, and lets the task finish', async () => {
    const lock = createProcessLock({ ...times, wait: 20 });
    const { run, seen, finish } = slowTask();
    expect(await lock.shared('id', run)).toBe(busy);
    expect(await lock.shared('id', run), 'a request that comes later').toBe(busy);
    expect(seen.started, 'tasks that were started').toBe(1);
    finish('done');
    await lock.idle();
    expect(await lock.shared('id', async () => 'anew')).toBe('anew');
  });

  test('reads an answer that arrived while the whole process was paused before it answers busy', async () => {
    const wait = 400;
    const lock = createProcessLock<string>({ ...times, wait });
    const answer = lock.shared('id', async () => (await readFile(import.meta.filename, 'utf8')).slice(0, 6));
    const end = performance.now() + 2 * wait;
    while (performance.now() < end);
    expect(await answer).toBe('import');
  });

  test('is idle when the last task has finished, and not when requests have given up on it', async () => {
    const lock = createProcessLock({ ...times, wait: 10 });
    const [one, two] = [slowTask(), slowTask()];
    await Promise.all([lock.shared('one', one.run), lock.shared('two', two.run)]);
    let idle = false;
    const waiting = lock.idle().then(() => (idle = true));
    one.finish('done');
    await lock.shared('three', async () => 'a task that comes meanwhile');
    expect(idle, 'idle while a task runs').toBe(false);
    two.finish('done');
    await waiting;
  });

  test('is idle also after a task that failed when nobody waited for it any more', async () => {
    const lock = createProcessLock({ ...times, wait: 5 });
    const { promise, reject } = Promise.withResolvers<string>();
    expect(await lock.shared('id', () => promise)).toBe(busy);
    reject(new Error('too late'));
    await expect(lock.idle()).resolves.toBeUndefined();
  });
});

test('what must run alone waits for a refresh, which gives it no result', async () => {
  const lock = createProcessLock<string>({ ...times, alone: { attempts: 1000, interval: 1 } });
  const { run, finish } = slowTask();
  const order: string[] = [];
  const refresh = lock.shared('id', run).then((result) => order.push(String(result)));
  const revocation = lock.alone('id', async () => void order.push('alone'));
  await new Promise((resolve) => setTimeout(resolve, 5));
  finish('refreshed');
  await Promise.all([refresh, revocation]);
  expect(order).toEqual(['refreshed', 'alone']);
});

test('a refresh that arrives while a task runs alone is busy at once', async () => {
  const lock = createProcessLock<string>(times);
  const { run, finish } = slowTask();
  const revocation = lock.alone('id', async () => void (await run()));
  expect(await lock.shared('id', async () => 'refreshed')).toBe(busy);
  finish('revoked');
  await revocation;
  expect(await lock.shared('id', async () => 'refreshed')).toBe('refreshed');
});

test('what must run alone runs without a lock that the store does not give', async () => {
  const alone = vi.fn(async () => {});
  const refused: LockStore = { ...free, take: () => Promise.reject(new Error('OOM')) };
  await createSharedLock(refused, 'app:refresh', times).alone('id', alone);
  expect(alone).toHaveBeenCalledOnce();
});

test('what must run alone gives up after its attempts', async () => {
  const alone = vi.fn(async () => {});
  const held: LockStore = { ...free, take: vi.fn(async () => false) };
  const lock = createSharedLock(held, 'app:refresh', { ...times, wait: 0 });
  await expect(lock.alone('id', alone)).rejects.toThrow('a refresh of its session does not end');
  expect(alone).not.toHaveBeenCalled();
  expect(held.take).toHaveBeenCalledTimes(50);
});

describe('the shared lock', () => {
  test('makes nobody wait again for a holder that is known to be slow, until it is done', async () => {
    let attempts = 0;
    const store = { isHeld: true };
    const held: LockStore = {
      ...free,
      take: async () => {
        attempts += 1;
        return !store.isHeld;
      },
    };
    const lock = createSharedLock(held, 'app:refresh', { ...times, wait: 60, poll: 5 });
    expect(await lock.shared('id', async () => 'ran')).toBe(busy);
    expect(attempts, 'looks of the first request').toBeGreaterThan(2);
    await lock.idle();
    attempts = 0;
    expect(await lock.shared('id', async () => 'ran')).toBe(busy);
    expect(attempts, 'looks of the next one').toBe(1);
    store.isHeld = false;
    expect(await lock.shared('id', async () => 'ran')).toBe('ran');
  });

  test('lets a request wait again when the lock of a slow holder must have expired', async () => {
    let attempts = 0;
    const held: LockStore = {
      ...free,
      take: async () => {
        attempts += 1;
        return false;
      },
    };
    const lock = createSharedLock(held, 'app:refresh', { ...times, hold: 40, wait: 20, poll: 2 });
    expect(await lock.shared('id', async () => 'ran')).toBe(busy);
    await lock.idle();
    await expect
      .poll(async () => {
        attempts = 0;
        await lock.shared('id', async () => 'ran');
        await lock.idle();
        return attempts;
      })
      .toBeGreaterThan(1);
  });

  describe('that cannot be freed', () => {
    const { interval } = times.store;
    const down = vi.fn<LockStore['free']>();
    const lock = createSharedLock({ ...free, free: down }, 'app:refresh', times);
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
      down.mockReset().mockRejectedValue(new Error('gone'));
    });
    afterEach(() => void vi.useRealTimers());

    test('keeps the result of its task, and is freed once when the store responds again', async () => {
      expect(await lock.shared('id', async () => 'ran')).toBe('ran');
      await vi.advanceTimersByTimeAsync(2 * interval);
      expect(down).toHaveBeenCalledTimes(3);
      down.mockResolvedValue();
      await vi.advanceTimersByTimeAsync(times.hold);
      expect(down).toHaveBeenCalledTimes(4);
    });

    test('is left alone when it must have expired', async () => {
      await lock.shared('id', async () => 'ran');
      await vi.advanceTimersByTimeAsync(2 * times.hold);
      expect(down).toHaveBeenCalledTimes(1 + times.hold / interval);
    });
  });

  test('is freed when the task fails', async () => {
    const freed: string[] = [];
    const store: LockStore = { ...free, free: async (key) => void freed.push(key) };
    const lock = createSharedLock(store, 'app:refresh', times);
    await expect(lock.shared('id', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(freed).toEqual(['app:refresh:id']);
  });

  test('rejects with the error of a store that refuses the lock, runs nothing, and frees what it may have got', async () => {
    const { run, seen } = slowTask();
    const freed: string[] = [];
    const late: LockStore = {
      ...free,
      take: () => Promise.reject(new Error('no response')),
      free: async (key) => void freed.push(key),
    };
    await expect(createSharedLock(late, 'app:refresh', times).shared('id', run)).rejects.toThrow('no response');
    expect([seen.started, freed]).toEqual([0, ['app:refresh:id']]);
  });

  test('logs once that it was lost to another holder', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue();
    const { run, finish } = slowTask();
    const lock = createSharedLock({ ...free, renew: async () => false }, 'app:refresh', { ...times, renewal: 2 });
    const done = lock.shared('id', run);
    await expect.poll(() => warn.mock.calls.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 10));
    finish('done');
    await done;
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('The lock of a refresh was lost'));
    warn.mockRestore();
  });

  test('is renewed for as long as the task runs, also after a renewal that failed', async () => {
    const { run, finish } = slowTask();
    const renewed: Array<[key: string, hold: number]> = [];
    const { promise: often, resolve } = Promise.withResolvers<void>();
    const store: LockStore = {
      ...free,
      renew: async (key, _token, hold) => {
        if (renewed.push([key, hold]) === 3) resolve();
        throw new Error('no write just now');
      },
    };
    const lock = createSharedLock(store, 'app:refresh', { ...times, renewal: 5 });
    const done = lock.shared('id', run);
    await often;
    expect(renewed.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => ['app:refresh:id', times.hold]));
    finish('done');
    expect(await done).toBe('done');
    const count = renewed.length;
    await new Promise((resolve) => setTimeout(resolve, 25));
    expect(renewed.length, 'renewals after the end of the task').toBe(count);
  });
});

describe.skipIf(!redisInstalled)('the shared lock on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let pods: [Redis, Redis];
  let lock: ReturnType<typeof createSharedLock>;

  beforeAll(async () => {
    server = await startRedis();
    pods = [await server.connect(), await server.connect()];
    lock = createSharedLock(createRedisLockStore(pods[0]), 'app:refresh', times);
  });

  afterAll(() => server.stop());

  test('stays with a holder that takes longer than the hold, and that no request waits for any more', async () => {
    const brief = { ...times, hold: 500, renewal: 50, wait: 200, poll: 5 };
    const [mine, others] = pods.map((redis) => createSharedLock(createRedisLockStore(redis), 'app:refresh', brief));
    const { run, finish } = slowTask();
    expect(await mine!.shared('slow', run)).toBe(busy);
    const pastTheHold = performance.now() + 2 * brief.hold;
    while (performance.now() < pastTheHold) {
      expect(await others!.shared('slow', async () => 'ran')).toBe(busy);
      await others!.idle();
    }
    finish('done');
    await mine!.idle();
    // A process without CPU for longer than a request waits answers busy once more.
    await expect.poll(() => others!.shared('slow', async () => 'ran')).toBe('ran');
  });

  test('is taken by the same request when the command is sent again, and by no other one', async () => {
    const store = createRedisLockStore(pods[0]);
    const take = (token: string) => store.take('app:refresh:again', token, 5000);
    expect([await take('mine'), await take('mine'), await take('another')]).toEqual([true, true, false]);
  });

  test('is not renewed by a holder that lost it', async () => {
    const store = createRedisLockStore(pods[0]);
    await pods[1].set('app:refresh:passed', 'the next holder', 'PX', 5000);
    expect(await store.renew('app:refresh:passed', 'the holder before', 60_000)).toBe(false);
    expect(await pods[0].pttl('app:refresh:passed')).toBeLessThanOrEqual(5000);
  });

  test('passes to another when its holder died', async () => {
    await pods[0].set('app:refresh:orphan', 'a holder that is gone', 'PX', 60);
    expect(await lock.shared('orphan', async () => 'ran')).toBe('ran');
  });

  test('is not freed by a holder that lost it', async () => {
    const late = await lock.shared('lost', () => pods[1].set('app:refresh:lost', 'the next holder'));
    expect(late).toBe('OK');
    expect(await pods[0].get('app:refresh:lost')).toBe('the next holder');
  });
});
