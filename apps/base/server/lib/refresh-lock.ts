import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

/** Runs a task for a session so that no other runs for it at the same time, and joins those who ask meanwhile. */
export interface RefreshLock {
  /** Resolves to what the task returned, or to `busy` when another holder kept the lock for longer than the wait. */
  run<Result>(id: string, task: () => Promise<Result>): Promise<Result | typeof busy>;
}

export const busy = Symbol('busy');

/** The two things that the lock needs of Redis (https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/). */
export interface LockStore {
  /** `SET key token NX PX ms`: whether it was free. */
  take(key: string, token: string, milliseconds: number): Promise<boolean>;
  /** Deletes the key if it still holds the token, so that nobody frees a lock which has passed to another. */
  free(key: string, token: string): Promise<void>;
}

export interface LockTimes {
  /** Milliseconds after which the lock of a holder that died frees itself. Longer than the task can take. */
  hold: number;
  /** Milliseconds a request waits for another holder. */
  wait: number;
  /** Milliseconds between two attempts. */
  poll: number;
}

/** Within one process: whoever asks while a task of the same session runs gets that task's result. */
export const createProcessLock = (): RefreshLock => {
  const running = new Map<string, Promise<unknown>>();
  return {
    run<Result>(id: string, task: () => Promise<Result>) {
      const current = running.get(id);
      if (current) return current as Promise<Result>;
      const mine = task().finally(() => running.delete(id));
      running.set(id, mine);
      return mine;
    },
  };
};

/** Over all pods that share the store: one holder at a time, and one attempt per process. */
export const createSharedLock = (store: LockStore, prefix: string, times: LockTimes): RefreshLock => {
  const local = createProcessLock();
  const take = async (key: string, token: string) => {
    for (const deadline = performance.now() + times.wait; performance.now() < deadline; await delay(times.poll))
      if (await store.take(key, token, times.hold)) return true;
    return false;
  };
  return {
    run: (id, task) =>
      local.run(id, async () => {
        const key = `${prefix}:${id}`;
        const token = randomUUID();
        if (!(await take(key, token))) return busy;
        try {
          return await task();
        } finally {
          // It frees itself in time; what the task brought must not be lost over it.
          await store.free(key, token).catch(() => {});
        }
      }),
  };
};
