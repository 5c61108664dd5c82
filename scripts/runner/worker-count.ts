import { availableParallelism, totalmem } from 'node:os';
import type { EngineName } from '../../fleet/run/state.ts';

/** Bytes that a worker with its browser and its fleet takes (docs/benchmarks.md). */
const bytesPerWorker = 3 * 2 ** 30;
/** The longest tests take a minute, so that more workers would wait for the last of them. A k3s node has ports for four. */
const most: Record<EngineName, number> = { local: 8, k3s: 4, cluster: 1, live: 1 };
/** For fewer tests a further fleet takes longer to start than it saves. */
export const testsPerWorker = 8;

/** Tests wait half of their time, so that a core has enough work with two of them. On k3s three on two cores are the most that
 * measure the product and not the machine. */
const perCore: Record<EngineName, number> = { local: 2, k3s: 1.5, cluster: 0, live: 0 };

/**
 * How many tests run at once unless the command says so: by cores, memory and the number of tests. A cluster may belong
 * to somebody else, so one fleet must do there.
 */
export function workerCount(
  engine: EngineName,
  tests: number,
  { cores, bytes } = { cores: availableParallelism(), bytes: totalmem() },
): number {
  const fitting = Math.min(
    Math.floor(cores * perCore[engine]),
    Math.floor(bytes / bytesPerWorker),
    most[engine],
    Math.ceil(tests / testsPerWorker),
  );
  return Math.max(1, fitting);
}
