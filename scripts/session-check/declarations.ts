import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'tsdown';
import { repositoryRoot } from '../../fleet/root.ts';

/**
 * Writes the types of these modules beside them, each in one file, which names only packages. The bundler is that of the mock
 * Authentik, a workspace that declares it.
 */
export async function writeDeclarations(folder: string, modules: readonly string[]): Promise<void> {
  await build({
    config: false,
    cwd: repositoryRoot,
    entry: Object.fromEntries(modules.map((path) => [path.replace(/\.ts$/, ''), `./${path}`])),
    outDir: folder,
    clean: false,
    dts: { dtsOnly: true },
    fixedExtension: false,
    deps: { neverBundle: (name) => /^[a-z@]/.test(name) },
    logLevel: 'error',
  });
  for (const path of modules) {
    const file = join(folder, path.replace(/\.ts$/, '.d.ts'));
    // The package that a type is inferred from is one of Playwright's own; a user has the one that depends on it.
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('"playwright/test"', '"@playwright/test"'));
  }
}
