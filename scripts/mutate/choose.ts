import { createHash } from 'node:crypto';
import { matchesGlob, relative, resolve } from 'node:path';
import type { Mutant } from '../../fleet/build/mutants.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';
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

/** @throws HarnessError that names each id and each pattern of no mutant. */
export function refuseUnknown<Each extends { mutant: Mutant }>(mutants: readonly Each[], choice: Choice): void {
  const ids = new Set(mutants.map(({ mutant: { id } }) => id));
  const files = [...new Set(mutants.map(({ mutant: { file } }) => file))];
  const unknown = [
    ['has the id', choice.mutant?.filter((id) => !ids.has(id)) ?? []],
    ['is in', choice.files?.filter((pattern) => !files.some((file) => isBelow(file, pattern))) ?? []],
  ] as const;
  const parts = unknown
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what} ${either.format(names.map((name) => `"${name}"`))}`);
  if (parts.length > 0) throw new HarnessError(`No mutant ${parts.join(', or ')}. See: npm run mutate -- --list`);
}

const either = new Intl.ListFormat('en', { type: 'disjunction' });

/** The options that leave mutants out, for a sentence. */
export function narrowedBy({ files, changed, mutant, shard }: Choice): string {
  const options = { '--files': files, '--since': changed, '--mutant': mutant, '--shard': shard };
  const given = Object.entries(options).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  return new Intl.ListFormat('en').format(given);
}

function isBelow(file: string, pattern: string): boolean {
  // An unset variable of a shell is not the repository.
  if (pattern === '') return false;
  const path = relative(repositoryRoot, resolve(repositoryRoot, pattern));
  return path === '' || file === path || file.startsWith(`${path}/`) || matchesGlob(file, path);
}

function shuffled<Each extends { mutant: Mutant }>(mutants: readonly Each[], seed: number): Each[] {
  const orderOf = ({ mutant: { id } }: Each) => createHash('sha256').update(`${seed}\0${id}`).digest('hex');
  return mutants
    .map((each) => ({ each, order: orderOf(each) }))
    .toSorted((a, b) => (a.order < b.order ? -1 : 1))
    .map(({ each }) => each);
}
