import type { Engine, Fleet, FleetOptions } from '../../fleet/engines/shared/engine.ts';
import { throwFirst } from '../command/work-through.ts';

/** The fleets of a run of the suite: one for each worker of the test runner. */
export type WorkerFleets = readonly [Fleet, ...Fleet[]];

/**
 * Starts one fleet for each worker, so that a test that rolls out, kills or scales disturbs no other. They trust the
 * same certificate authority and share a node. When one does not start, the others are taken down.
 * @param workers how many; it may take as long as the start of the first fleet.
 */
export async function startWorkerFleets(
  engine: Engine,
  workers: () => Promise<number>,
  { onProgress = () => {}, ...options }: FleetOptions,
): Promise<WorkerFleets & AsyncDisposable> {
  const refused = new AbortController();
  const signal = AbortSignal.any([refused.signal, ...(options.signal ? [options.signal] : [])]);
  const [up, count] = await Promise.allSettled([
    engine.up({ ...options, onProgress, signal }),
    workers().catch((reason: unknown) => {
      refused.abort(reason);
      throw reason;
    }),
  ]);
  await using started = new AsyncDisposableStack();
  if (up.status === 'fulfilled') started.defer(() => up.value.down());
  if (count.status === 'rejected') throw count.reason;
  if (up.status === 'rejected') throw up.reason;
  const first = up.value;
  const others = await Promise.allSettled(
    Array.from({ length: count.value - 1 }, () => engine.up({ ...options, shareWith: first.runId })),
  );
  const fleets = [first, ...others.flatMap((other) => (other.status === 'fulfilled' ? [other.value] : []))] as const;
  // The first one last, because its node may be theirs.
  started.defer(async () => throwFirst(await Promise.allSettled(fleets.slice(1).map((fleet) => fleet.down()))));
  throwFirst(others);
  if (count.value > 1) onProgress(`${count.value} fleets up, one for each worker`);
  const all = started.move();
  return Object.assign(fleets, { [Symbol.asyncDispose]: () => all.disposeAsync() });
}
