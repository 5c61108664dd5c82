import type { Mutant } from '../../fleet/build/mutants.ts';

/** A mutant that no test can tell from the original, with the reason, found by reading the code. */
export interface Equivalent {
  id: string;
  file: string;
  original: string;
  replacement: string;
  reason: string;
}

export const equivalents: readonly Equivalent[] = [];

/** @returns sentences about entries that are no mutants of today's sources, or that have no reason. */
export function outdated(entries: readonly Equivalent[], mutants: readonly Mutant[]): string[] {
  const known = new Map(mutants.map((mutant) => [mutant.id, mutant]));
  return entries.flatMap(({ id, file, original, replacement, reason }) => {
    const mutant = known.get(id);
    const fits = mutant?.file === file && mutant.original === original && mutant.replacement === replacement;
    return [
      ...(fits
        ? []
        : [`${id} is no mutant of ${file} today: "${original}" → "${replacement}". Take it out, or correct it.`]),
      ...(reason.trim() === '' ? [`${id} of ${file} has no reason. Say why no test can notice it.`] : []),
    ];
  });
}
