import { join } from 'node:path';
import { repositoryRoot } from '../root.ts';
import { readObjectsFrom } from './read-objects.ts';
import { valuesOf } from './values.ts';

/** The secrets of the e2e fleet. They are public in this repository, so no other fleet may use them. */
export async function publicValues(): Promise<ReadonlySet<string>> {
  const objects = await readObjectsFrom(join(repositoryRoot, 'fleet/e2e/secrets.yaml'));
  const held = objects.flatMap((object) => [...valuesOf(object).values()]);
  return new Set(held.flatMap((each) => ('value' in each ? [each.value] : [])));
}

export const isPublic = 'is a value of fleet/e2e/secrets.yaml, which everybody can read: make another';
