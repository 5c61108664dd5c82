import { createHash } from 'node:crypto';
import { matchesGlob } from 'node:path';
import type { Mutant } from '../../fleet/build/mutants.ts';
import { shardOf, type Shard } from '../prove/shard.ts';

export interface Choice {
  /** Paths, folders or glob patterns below the repository. */
  files?: readonly string[] | undefined;
  /** Files that differ from a commit. */
  changed?: ReadonlySet<string> | undefined;
  /** Ids. */
  mutant?: readonly string[] | undefined;
  shard?: Shard | undefined;
  sample?: number | undefined;
  seed: number;
}

/** The mutants to try. A sample is the same for the same seed, whatever the order of the mutants. */
export function choose<Each extends { mutant: Mutant }>(mutants: readonly Each[], choice: Choice): Each[] {
  const { files, changed, shard, sample, seed } = choice;
  const chosen = mutants.filter(
    ({ mutant: { id, file } }) =>
      (choice.mutant?.includes(id) ?? true) &&
      (changed?.has(file) ?? true) &&
      (files?.some((pattern) => isBelow(file, pattern)) ?? true),
  );
  const part = shard ? shardOf(shard, chosen) : chosen;
  return sample === undefined ? part : shuffled(part, seed).slice(0, sample);
}

const isBelow = (file: string, pattern: string): boolean =>
  file === pattern || file.startsWith(`${pattern.replace(/\/$/, '')}/`) || matchesGlob(file, pattern);

function shuffled<Each extends { mutant: Mutant }>(mutants: readonly Each[], seed: number): Each[] {
  const orderOf = ({ mutant: { id } }: Each) => createHash('sha256').update(`${seed}\0${id}`).digest('hex');
  return mutants
    .map((each) => ({ each, order: orderOf(each) }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ each }) => each);
}
