import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { refreshTimes } from '../settings/session-times.ts';

/** Runs at most one task per session at a time. */
export interface RefreshLock<Result> {
  /**
   * The result of the task, which callers that arrive during its run share; or `busy`, when it takes longer than a request
   * waits. It then continues. Rejects with the error of the task, or of the store when the lock cannot be taken.
   */
  shared(id: string, task: () => Promise<Result>): Promise<Result | typeof busy>;
  /**
   * Runs a task when no other one runs. When that fails, also because the store gives no lock, it runs once more. Rejects
   * with the error of the task, or when the session is busy for two minutes.
   */
  alone(id: string, task: () => Promise<void>): Promise<void>;
  /** Resolves when no task of this process is running. */
  idle(): Promise<void>;
}

export const busy = Symbol('busy');

/** In milliseconds, but for the attempts. */
type LockTimes = Pick<typeof refreshTimes, 'hold' | 'renewal' | 'wait' | 'poll' | 'alone' | 'store'>;

/** Runs a task while it holds a session's lock in all pods; `busy` when another pod holds it for too long. */
type Hold = <Result>(id: string, task: () => Promise<Result>) => Promise<Result | typeof busy>;

/**
 * Waits, the last eighth only after the rest: when the whole pod was paused, an answer that arrived meanwhile is read before
 * requests give up on it. @param wait milliseconds.
 */
const waited = async (wait: number): Promise<typeof busy> => {
  await delay((wait * 7) / 8, undefined, { ref: false });
  return delay(wait / 8, busy, { ref: false });
};

/** Within one process, which holds the lock of all pods during its task. */
const createLock = <Result>({ wait, alone }: Pick<LockTimes, 'wait' | 'alone'>, hold: Hold): RefreshLock<Result> => {
  const tasks = new Map<string, Promise<unknown>>();
  const answers = new Map<string, Promise<Result | typeof busy>>();
  const start = <Any>(id: string, task: () => Promise<Any>) => {
    const mine = hold(id, task).finally(() => tasks.delete(id));
    tasks.set(id, mine);
    return mine;
  };
  return {
    async shared(id, task) {
      // Measured from the start of the task, so that requests do not wait again for a task that is known to be slow.
      if (tasks.has(id)) return answers.get(id) ?? busy;
      const mine = start(id, task).finally(() => answers.delete(id));
      const answer = Promise.race([mine, waited(wait)]);
      answers.set(id, answer);
      return answer;
    },
    async alone(id, task) {
      for (let attempt = 1; attempt <= alone.attempts; attempt += 1) {
        if (!tasks.has(id) && (await start(id, task).catch(task)) !== busy) return;
        await delay(alone.interval, undefined, { ref: false });
      }
      throw new Error('a refresh of its session does not end');
    },
    async idle() {
      while (tasks.size > 0) await Promise.allSettled(tasks.values());
    },
  };
};

export const createProcessLock = <Result>(times: Pick<LockTimes, 'wait' | 'alone'>): RefreshLock<Result> =>
  createLock(times, (_id, task) => task());

/** Across all pods that share the store: one holder at a time, and one attempt per process. */
export const createSharedLock = <Result>(store: LockStore, prefix: string, times: LockTimes): RefreshLock<Result> => {
  /**
   * Locks that another pod held for longer than a request waits. Later requests do not wait again for a task that is
   * known to be slow.
   */
  const slow = new Set<string>();
  const take = async (key: string, token: string) => {
    const deadline = performance.now() + (slow.has(key) ? 0 : times.wait);
    while (!(await store.take(key, token, times.hold))) {
      if (performance.now() >= deadline) {
        slow.add(key);
        setTimeout(() => slow.delete(key), times.hold).unref();
        return false;
      }
      await delay(times.poll);
    }
    slow.delete(key);
    return true;
  };
  return createLock(times, async (id, task) => {
    const key = `${prefix}:${id}`;
    const token = randomUUID();
    // A failed release must not lose the task's result. It is tried again until the lock has expired: a Redis that restarts
    // with its data still has the lock, and nobody needs it.
    const free = (end = performance.now() + times.hold): Promise<void> =>
      store.free(key, token).catch(() => {
        if (performance.now() < end) setTimeout(free, times.store.interval, end).unref();
      });
    // Redis may have set the lock although its response was lost.
    const isMine = await take(key, token).catch((error: unknown) => {
      void free();
      throw error;
    });
    if (!isMine) return busy;
    // A failed renewal does not matter, because the next one extends the lock.
    const renew = async () => {
      if (await store.renew(key, token, times.hold).catch(() => true)) return;
      clearInterval(renewals);
      console.warn(`The lock of a refresh was lost: it was not renewed for ${times.hold / 1000} s.`);
    };
    const renewals = setInterval(() => void renew(), times.renewal);
    try {
      return await task();
    } finally {
      clearInterval(renewals);
      await free();
    }
  });
};

/** ioredis sends a command again after a reconnect, and then finds its own lock. */
const takeIfFree = `
if redis.call('set', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX') then return 1 end
return redis.call('get', KEYS[1]) == ARGV[1] and 1 or 0`;

const ifMine = (command: string) => `if redis.call('get', KEYS[1]) == ARGV[1] then return ${command} end return 0`;
const renewIfMine = ifMine(`redis.call('pexpire', KEYS[1], ARGV[2])`);
const freeIfMine = ifMine(`redis.call('del', KEYS[1])`);

/**
 * The shared lock in Redis (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/). Every method
 * rejects with the error of Redis when it does not respond or refuses a write.
 */
export const createRedisLockStore = (redis: Redis) => ({
  /** Whether the lock was free. */
  take: async (key: string, token: string, milliseconds: number): Promise<boolean> =>
    (await redis.eval(takeIfFree, 1, key, token, milliseconds)) === 1,
  /** Resets the key's time to live if it still holds the token, and tells whether it does. */
  renew: async (key: string, token: string, milliseconds: number): Promise<boolean> =>
    (await redis.eval(renewIfMine, 1, key, token, milliseconds)) === 1,
  /** Deletes the key if it still holds the token, so that a holder never frees a lock that another holder has taken. */
  free: async (key: string, token: string): Promise<void> => {
    await redis.eval(freeIfMine, 1, key, token);
  },
});

export type LockStore = ReturnType<typeof createRedisLockStore>;
