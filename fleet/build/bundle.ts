import { build, type Plugin } from 'esbuild';
import { HarnessError } from '../errors.ts';
import { repositoryRoot } from '../root.ts';

/**
 * The text of these modules and of all that they import from this repository, without packages; the paths of those modules
 * and the names of those packages; and the importers of each.
 * @param entries relative to the repository, as the paths of `importers`.
 * @param leftOut what is imported on demand by such a specifier is not followed.
 * @throws HarnessError when a module does not parse.
 */
export async function bundleOf(entries: readonly string[], leftOut?: RegExp) {
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
    plugins: leftOut ? [leavingOut(leftOut)] : [],
  }).catch((cause: Error) => {
    throw new HarnessError(`A module does not parse. Correct it: ${cause.message.replace(/^.*\n/, '')}`, { cause });
  });
  const importers = new Map<string, string[]>();
  const packages = new Set<string>();
  for (const [importer, { imports }] of Object.entries(metafile.inputs)) {
    for (const { path, external } of imports) {
      importers.set(path, [...(importers.get(path) ?? []), importer]);
      const [name] = (external && /^(?!node:)(?:@[^/]+\/)?[a-z][^/]*/.exec(path)) || [];
      if (name !== undefined) packages.add(name);
    }
  }
  const modules = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>');
  return { text: outputFiles.map(({ text }) => text).join(''), importers, modules, packages };
}

const leavingOut = (filter: RegExp): Plugin => ({
  name: 'left-out',
  setup: ({ onResolve }) =>
    onResolve({ filter }, ({ kind, path }) => (kind === 'dynamic-import' ? { external: true, path } : undefined)),
});
