import { bundleOf } from '../../fleet/build/bundle.ts';

/**
 * The specs that import one of these files, directly or not, or are one of them.
 * @param specs relative to the repository, as `files`.
 * @throws HarnessError when a spec or a module below it does not parse.
 */
export async function affectedSpecs(files: readonly string[], specs: readonly string[]): Promise<string[]> {
  const { importers } = await bundleOf(specs);
  const reached = new Set(files);
  for (const file of reached) for (const importer of importers.get(file) ?? []) reached.add(importer);
  return specs.filter((spec) => reached.has(spec));
}
