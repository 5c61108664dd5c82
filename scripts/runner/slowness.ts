import { createHash } from 'node:crypto';

/** Milliseconds of {@link hashes} on a quiet machine with two cores. */
const quietMs = 80;

/** How much slower this machine is now than a quiet one, at least 1. Takes a tenth of a second or more. */
export function measureSlowness(work: () => unknown = hashes): number {
  const begin = performance.now();
  work();
  return factorOf((performance.now() - begin) / quietMs);
}

/** A factor of at least 1, with one decimal. */
export const factorOf = (ratio: number): number => Math.round(Math.max(1, ratio) * 10) / 10;

/** Always the same work. @returns the last hash, which depends on all others. */
function hashes(): string {
  const block = Buffer.alloc(1_000_000);
  let last = Buffer.alloc(0);
  for (let round = 0; round < 60; round += 1) last = createHash('sha512').update(last).update(block).digest();
  return last.toString('hex');
}
