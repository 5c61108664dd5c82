import { createHash } from 'node:crypto';

/** Milliseconds of {@link work} on a quiet machine with two cores. */
const quietMs = 80;

/** How much slower this machine is now than a quiet one, at least 1. Takes a tenth of a second or more. */
export function measureSlowness(): number {
  const begin = performance.now();
  work();
  return factorOf((performance.now() - begin) / quietMs);
}

/** A factor of at least 1, with one decimal. */
export const factorOf = (ratio: number): number => Math.round(Math.max(1, ratio) * 10) / 10;

function work(): void {
  const block = Buffer.alloc(1_000_000);
  for (let round = 0; round < 60; round += 1) createHash('sha512').update(block).digest();
}
