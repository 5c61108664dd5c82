import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Runs a task for a session so that no other runs for it at the same time, and joins those who ask meanwhile. */
export interface RefreshLock {
  /**
   * Resolves to what the task returned, or to `busy` when that takes longer than a request waits: the task goes on all
   * the same. Rejects with the error of the task, or of the store when the lock cannot be taken.
   */
  run<Result>(id: string, task: () => Promise<Result>): Promise<Result | typeof busy>;
  /** Resolves when no task of this process runs any more. */
  idle(): Promise<void>;
}

export const busy = Symbol('busy');

/** What the lock needs of Redis (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/). */
export interface LockStore {
  /** `SET key token NX PX ms`: whether it was free. */
  take(key: string, token: string, milliseconds: number): Promise<boolean>;
  /** Sets the key's time to live anew if it still holds the token. */
  renew(key: string, token: string, milliseconds: number): Promise<boolean>;
  /** Deletes the key if it still holds the token, so that nobody frees a lock which has passed to another. */
  free(key: string, token: string): Promise<void>;
}

/** In milliseconds. */
export interface LockTimes {
  /** After this the lock of a holder that died is free. */
  hold: number;
  /** Between two renewals while the task runs. */
  renewal: number;
  /** A request waits this long for a task, whichever pod runs it. */
  wait: number;
  /** Between two attempts to take a lock that another pod holds. */
  poll: number;
}

/** The task's result, or `busy` after so many milliseconds. */
const within = async <Result>(task: Promise<Result>, milliseconds: number): Promise<Result | typeof busy> => {
  const timer = new AbortController();
  try {
    return await Promise.race([task, delay(milliseconds, busy, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
};

/** Within one process: a request that asks while a task of the same session runs gets that task's result. */
export const createProcessLock = (wait: number): RefreshLock => {
  const running = new Map<string, { task: Promise<unknown>; answer: Promise<unknown> }>();
  return {
    run<Result>(id: string, task: () => Promise<Result>) {
      const current = running.get(id);
      // Counted from the start of the task: one that is known to be slow makes nobody wait again.
      if (current) return current.answer as Promise<Result | typeof busy>;
      const mine = task().finally(() => running.delete(id));
      const answer = within(mine, wait);
      running.set(id, { task: mine, answer });
      return answer;
    },
    async idle() {
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ task }) => task));
    },
  };
};

/** Over all pods that share the store: one holder at a time, and one attempt per process. */
export const createSharedLock = (store: LockStore, prefix: string, times: LockTimes): RefreshLock => {
  const local = createProcessLock(times.wait);
  /** Locks that another pod was seen to hold for longer than a request waits: one that is known to be slow makes nobody wait again. */
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
  return {
    idle: () => local.idle(),
    run: (id, task) =>
      local.run(id, async () => {
        const key = `${prefix}:${id}`;
        const token = randomUUID();
        if (!(await take(key, token))) return busy;
        // The next renewal makes up for a failed one.
        const renewals = setInterval(() => void store.renew(key, token, times.hold).catch(() => {}), times.renewal);
        try {
          return await task();
        } finally {
          clearInterval(renewals);
          // The lock expires by itself. The task's result must not be lost because of it.
          await store.free(key, token).catch(() => {});
        }
      }),
  };
};
