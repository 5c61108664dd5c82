import { duration } from '../../fleet/duration.ts';
import { interruption } from './interruption.ts';
import { reportEvery } from './output.ts';
import { progress } from './run-command.ts';

/** Does work for all items, several at once, in their order. Prints how far it is after each, and every half minute. */
export async function workThrough<Item>(
  items: readonly Item[],
  { atOnce, nameOf, work }: { atOnce: number; nameOf: (item: Item) => string; work: (item: Item) => Promise<void> },
): Promise<void> {
  const begin = performance.now();
  const running = new Set<string>();
  const queue = [...items];
  let done = 0;
  const summary = () => summaryOf(done, items.length, performance.now() - begin);
  using scope = new DisposableStack();
  scope.use(reportEvery(() => [`${[...running].join(', ')} … ${summary()}`]));
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      interruption.throwIfAborted();
      running.add(nameOf(next));
      await work(next);
      running.delete(nameOf(next));
      done += 1;
      progress(summary());
    }
  });
  throwFirst(await Promise.allSettled(lanes));
}

/** @throws the first error among the results of work that has all ended. */
export function throwFirst(results: ReadonlyArray<PromiseSettledResult<unknown>>): void {
  const failed = results.find(({ status }) => status === 'rejected') as PromiseRejectedResult | undefined;
  if (failed) throw failed.reason;
}

/** `[3/70] 2 min gone, about 40 min left`. */
export function summaryOf(done: number, all: number, ms: number): string {
  const left = done === 0 || done === all ? '' : `, about ${duration((ms / done) * (all - done))} left`;
  return `[${done}/${all}] ${duration(ms)} gone${left}`;
}
