import { spawn } from 'node:child_process';
import { once } from 'node:events';
import getPort from 'get-port';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedisLockStore } from './redis-lock-store.ts';
import { busy, createProcessLock, createSharedLock, type LockStore } from './refresh-lock.ts';

const times = { hold: 500, wait: 2000, poll: 5 };

/** A task that ends when told, and counts how many of it run. */
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
  test('gives those who ask meanwhile the result of the one that runs', async () => {
    const lock = createProcessLock();
    const { run, seen, finish } = slowTask();
    const results = Promise.all(Array.from({ length: 5 }, () => lock.run('id', run)));
    finish('done');
    expect(await results).toEqual(Array.from({ length: 5 }, () => 'done'));
    expect(seen.started).toBe(1);
  });

  test('runs anew for those who ask afterwards, also after a failure', async () => {
    const lock = createProcessLock();
    await expect(lock.run('id', () => Promise.reject(new Error('first')))).rejects.toThrow('first');
    expect(await lock.run('id', async () => 'second')).toBe('second');
  });

  test('keeps sessions apart', async () => {
    const lock = createProcessLock();
    const { run, finish } = slowTask();
    const slow = lock.run('one', run);
    expect(await lock.run('two', async () => 'not held up')).toBe('not held up');
    finish('done');
    await slow;
  });
});

describe('the shared lock', () => {
  test('gives up waiting for a holder that does not finish', async () => {
    const held: LockStore = { take: async () => false, free: async () => {} };
    const lock = createSharedLock(held, 'app:refresh', { ...times, wait: 20 });
    expect(await lock.run('id', async () => 'ran')).toBe(busy);
  });

  test('keeps the result of a task when the lock cannot be freed', async () => {
    const failing: LockStore = { take: async () => true, free: () => Promise.reject(new Error('gone')) };
    expect(await createSharedLock(failing, 'app:refresh', times).run('id', async () => 'ran')).toBe('ran');
  });

  test('is freed when the task fails', async () => {
    const freed: string[] = [];
    const store: LockStore = { take: async () => true, free: async (key) => void freed.push(key) };
    const lock = createSharedLock(store, 'app:refresh', times);
    await expect(lock.run('id', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(freed).toEqual(['app:refresh:id']);
  });
});

const redisServer = process.env['REDIS_SERVER_PATH'] ?? 'redis-server';
const installed = await new Promise<boolean>((resolve) => {
  spawn(redisServer, ['--version'], { stdio: 'ignore' })
    .on('error', () => resolve(false))
    .on('exit', () => resolve(true));
});

describe.skipIf(!installed)('the shared lock on a real Redis (needs redis-server or REDIS_SERVER_PATH)', () => {
  let server: ReturnType<typeof spawn>;
  let pods: [Redis, Redis];
  let locks: [ReturnType<typeof createSharedLock>, ReturnType<typeof createSharedLock>];

  beforeAll(async () => {
    const port = await getPort({ host: '127.0.0.1' });
    server = spawn(redisServer, ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
    const connect = () => new Redis(port, '127.0.0.1', { db: 1, retryStrategy: () => 20 }).on('error', () => {});
    pods = [connect(), connect()];
    await Promise.all(pods.map((redis) => redis.ping()));
    const lockOf = (redis: Redis) => createSharedLock(createRedisLockStore(redis), 'app:refresh', times);
    locks = [lockOf(pods[0]), lockOf(pods[1])];
  });

  afterAll(async () => {
    for (const redis of pods) redis.disconnect();
    server.kill();
    await once(server, 'exit');
  });

  test('lets one pod run at a time', async () => {
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, (running += 1));
      await pods[0].ping();
      running -= 1;
      return 'ran';
    };
    const asked = Array.from({ length: 20 }, (_, index) => locks[index % 2]!.run('shared', task));
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['ran']));
    expect(most).toBe(1);
  });

  test('passes to another when its holder died', async () => {
    await pods[0].set('app:refresh:orphan', 'a holder that is gone', 'PX', 60);
    expect(await locks[1].run('orphan', async () => 'ran')).toBe('ran');
  });

  test('is not freed by a holder that lost it', async () => {
    const late = await locks[0].run('lost', () => pods[1].set('app:refresh:lost', 'the next holder'));
    expect(late).toBe('OK');
    expect(await pods[0].get('app:refresh:lost')).toBe('the next holder');
  });
});
