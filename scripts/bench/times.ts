import { interruptible } from './interruptible.ts';

/** Milliseconds that each of these runs takes, one after the other. */
export async function timesOf(count: number, run: (index: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const begin = performance.now();
    await interruptible(run(index));
    times.push(performance.now() - begin);
  }
  return times;
}
