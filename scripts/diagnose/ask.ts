import { setTimeout as delay } from 'node:timers/promises';
import { round, type Client, type Sessions } from './probe.ts';
import type { Sample } from './sample.ts';

/** Milliseconds between two rounds. */
const everyMs = 500;

/**
 * Asks in rounds, and ends the last of them when the time is over.
 * @param options.onRound called after each round. @throws the reason of `signal` when it aborts.
 */
export async function ask(
  client: Client,
  sessions: Sessions,
  {
    ms,
    signal,
    onRound = () => {},
  }: { ms: number; signal: AbortSignal; onRound?: (elapsed: number, answers: number) => void },
): Promise<Sample[]> {
  const startedAt = performance.now();
  const samples: Sample[] = [];
  // By the clock, because Node may collect a signal of `AbortSignal.timeout` that only `AbortSignal.any` refers to.
  for (let number = 0; !signal.aborted && performance.now() - startedAt < ms; number += 1) {
    samples.push(...(await round(client, sessions, { number, startedAt })));
    onRound(performance.now() - startedAt, samples.length);
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
  signal.throwIfAborted();
  return samples;
}
