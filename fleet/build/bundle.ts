import { build } from 'esbuild';
import { HarnessError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';

/**
 * The text of these modules and of all that they import from this repository, without packages, and the importers of
 * each.
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
