import { build } from 'esbuild';
import { HarnessError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';

/**
 * Modules of this repository with all that they import from it, as one text, and who imports whom. Packages are left out.
 * @param entries relative to the repository, as the paths of `importers`.
 * @throws HarnessError when a module does not parse.
 */
export async function bundleOf(
  entries: readonly string[],
): Promise<{ text: string; importers: ReadonlyMap<string, readonly string[]> }> {
  const contents = entries.map((entry) => `import './${entry}';`).join('\n');
  const { outputFiles, metafile } = await build({
    absWorkingDir: repositoryRoot,
    stdin: { contents, resolveDir: repositoryRoot },
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  }).catch((cause: Error) => {
    throw new HarnessError(`A module does not parse. Correct it: ${cause.message.replace(/^.*\n/, '')}`, { cause });
  });
  const importers = new Map<string, string[]>();
  for (const [importer, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path } of imports) importers.set(path, [...(importers.get(path) ?? []), importer]);
  }
  return { text: outputFiles.map(({ text }) => text).join(''), importers };
}
