import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from './abort.ts';

export interface UntilOptions {
  timeoutMs: number;
  /** Milliseconds between the end of an attempt and the next one. */
  intervalMs: number;
  failure: () => Error | Promise<Error>;
  signal?: AbortSignal | undefined;
}

/**
 * Polls until there is a result: the first value that is neither `false` nor undefined. It polls at least once. An
 * error of `look` ends the wait.
 */
export async function until<T>(
  look: () => T | Promise<T>,
  { timeoutMs, intervalMs, failure, signal }: UntilOptions,
): Promise<Exclude<T, false | undefined>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    throwIfAborted(signal);
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>;
    if (Date.now() > deadline) throw await failure();
    await delay(intervalMs);
  }
}
