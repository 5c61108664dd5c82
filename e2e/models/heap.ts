import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { deadline } from '../deadline.ts';
import { expect } from '../matchers/index.ts';

const prefix = 'heap after garbage collection: ';

/**
 * An option of Node, with a module as data URL, after which a process logs each second how many bytes it holds. It keeps the
 * bytecode of functions that are not called for a while: freeing it at once would hide what requests leave.
 */
export const loggedHeap = `--import=data:text/javascript,${encodeURIComponent(
  `import{setFlagsFromString}from'node:v8';import{runInNewContext}from'node:vm';` +
    `setFlagsFromString('--expose-gc');setFlagsFromString('--no-flush-bytecode');const gc=runInNewContext('gc');` +
    `setInterval(()=>{gc();console.error('${prefix}'+process.memoryUsage().heapUsed)},1000).unref()`,
)}`;

/** Bytes that a pod holds now, after a garbage collection. It needs {@link loggedHeap}. */
export async function heapOf(fleet: Fleet, pod: string): Promise<number> {
  const sizes = async () => {
    const lines = await fleet.logs(pod, { tail: 10_000 });
    return lines.filter((line) => line.startsWith(prefix)).map((line) => Number(line.slice(prefix.length)));
  };
  const before = (await sizes()).length;
  // The one after the next has seen the end of every request.
  const message = `heap sizes in the log of ${pod}`;
  await expect
    .poll(async () => (await sizes()).length, { message, timeout: deadline(20_000) })
    .toBeGreaterThan(before + 1);
  return (await sizes()).at(-1)!;
}
