import type { Folders } from '../../fleet/build/sources.ts';
import { mutantsOf, mutantVariable, mutated, type Mutant } from '../../fleet/build/mutants.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { shippedApps } from '../../fleet/manifests/images.ts';
import { manifestMutants } from './manifest-mutants.ts';

/** A mutant with what brings it into a fleet. */
export interface Candidate {
  mutant: Mutant;
  family: 'source' | 'manifest';
  change: Change;
  /** It acts when an app is built, so that its fleet needs a build of its own. */
  ownBuild: boolean;
}

/** All mutants of the apps' sources and of what is deployed. */
export async function allMutants(folders: Folders): Promise<Candidate[]> {
  const sources = await mutantsOf(folders);
  return [
    ...sources.map(({ atBuild, ...mutant }): Candidate => {
      const change = atBuild ? builtIn(mutant, folders) : selected(mutant);
      return { mutant, family: 'source', change, ownBuild: atBuild };
    }),
    ...manifestMutants().map(({ change, ...mutant }): Candidate => ({
      mutant,
      family: 'manifest',
      change,
      ownBuild: false,
    })),
  ];
}

const selected = ({ id }: Mutant): Change => ({
  mutants: true,
  env: shippedApps.map(({ app }) => ({ deployment: app, name: mutantVariable, value: id })),
});

function builtIn(mutant: Mutant, folders: Folders): Change {
  const find =
    folders
      .get(mutant.file.split('/')[1] ?? '')
      ?.get(mutant.file)
      ?.toString() ?? '';
  return { sources: [{ file: mutant.file, find, replace: mutated(find, mutant) }] };
}
