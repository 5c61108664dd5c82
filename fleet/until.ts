import { setTimeout as delay } from 'node:timers/promises';
import { throwIfAborted } from './abort.ts';

export interface UntilOptions {
  timeoutMs: number;
  /** Between the end of a look and the next one. */
  intervalMs: number;
  /** What to throw when the time is over. */
  failure: () => Error | Promise<Error>;
  signal?: AbortSignal | undefined;
}

/**
 * Looks again and again until there is something: the first result that is neither `false` nor undefined.
 * It looks at least once. An error of `look` ends the waiting.
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
