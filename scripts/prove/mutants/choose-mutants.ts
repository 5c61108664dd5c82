import { createHash } from 'node:crypto';
import { relative, resolve } from 'node:path';
import { mutantsOf, mutantVariable, mutated, type Mutant } from '../../../fleet/build/mutants.ts';
import { readFolders } from '../../../fleet/build/sources.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import type { Change } from '../../../fleet/manifests/change.ts';
import { repositoryRoot } from '../../../fleet/root.ts';

/** A mutant with what brings it into a fleet. */
export interface PlannedMutant {
  mutant: Mutant;
  change: Change;
}

/** @param apps whose pods select a mutant. */
export async function allMutants(apps: readonly string[]): Promise<PlannedMutant[]> {
  const folders = await readFolders(repositoryRoot);
  const byFile = Map.groupBy(await mutantsOf(folders), ({ file }) => file);
  return [...byFile].flatMap(([file, mutants]) => {
    const content = String(folders.get(file.split('/')[1] ?? '')?.get(file));
    return mutants.map(({ atBuild, ...mutant }) => ({
      mutant,
      // What the configuration imports acts when an app is built, so that no pod can select its mutants.
      change: atBuild
        ? { sources: [{ file, find: content, replace: mutated(content, mutant) }] }
        : selected(mutant, apps),
    }));
  });
}

const selected = ({ id }: Mutant, apps: readonly string[]): Change => ({
  mutants: true,
  env: apps.map((app) => ({ deployment: app, name: mutantVariable, value: id })),
});

export interface MutantChoice {
  /** Ids, files or folders of the repository. None: all mutants. */
  only: readonly string[];
  sample?: number | undefined;
  seed: number;
}

/** The mutants to try. @throws HarnessError that names what selects none. */
export function chooseMutants<Each extends { mutant: Pick<Mutant, 'id' | 'file'> }>(
  all: readonly Each[],
  { only, sample, seed }: MutantChoice,
): Each[] {
  const matches = ({ mutant: { id, file } }: Each, name: string) => id === name || isBelow(file, name);
  const unknown = only.filter((name) => !all.some((each) => matches(each, name)));
  if (unknown.length > 0) {
    const names = unknown.map((name) => `"${name}"`).join(', ');
    throw new HarnessError(
      `No mutant has this id or is in this file: ${names}. See: npm run prove -- --mutants --list`,
    );
  }
  const chosen = only.length === 0 ? [...all] : all.filter((each) => only.some((name) => matches(each, name)));
  if (sample === undefined) return chosen;
  // The same order for the same seed, whatever the order of the mutants.
  const order = ({ mutant: { id } }: Each) => createHash('sha256').update(`${seed}\0${id}`).digest('hex');
  return chosen.toSorted((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, sample);
}

function isBelow(file: string, name: string): boolean {
  const path = relative(repositoryRoot, resolve(repositoryRoot, name));
  return file === path || file.startsWith(`${path}/`);
}
