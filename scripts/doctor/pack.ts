// Makes the commands that need no installation in one file: `node scripts/doctor/pack.ts [file]`.
import { appendFileSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { build } from 'esbuild';
import { repositoryRoot } from '../../fleet/root.ts';

/** The oldest Node that runs it. */
const node = '22.18';

/** What that lacks, and what packages in CommonJS expect. */
const banner = `#!/usr/bin/env node
import { createRequire } from 'node:module';
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error('error It needs Node ${node} or later, and this is ' + process.versions.node + '.');
  process.exit(77);
}
const require = createRequire(import.meta.url);
globalThis.SuppressedError ??= class SuppressedError extends Error {};`;

/** The licences of the packages that it contains, as those demand. */
function licencesOf(modules: readonly string[]): string {
  const packages = new Set(
    modules.flatMap((path) => /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const texts = [...packages].toSorted().map((name) => {
    const folder = join(repositoryRoot, 'node_modules', name);
    const [licence] = globSync('LICEN[CS]E*', { cwd: folder });
    return `${name}\n\n${licence ? readFileSync(join(folder, licence), 'utf8').trim() : 'see its package.json'}`;
  });
  return `/*\n${texts.join('\n\n').replaceAll('*/', '* /')}\n*/\n`;
}

/** @returns its size in bytes. */
export async function packDoctor(file: string): Promise<number> {
  mkdirSync(dirname(file), { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(repositoryRoot, 'scripts/doctor/main.ts')],
    outfile: file,
    bundle: true,
    minify: true,
    keepNames: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    target: `node${node}`,
    legalComments: 'none',
    banner: { js: banner },
    logLevel: 'warning',
  });
  appendFileSync(file, licencesOf(Object.keys(metafile.inputs)));
  return statSync(file).size;
}

if (import.meta.main)
  await new Command('pack.ts')
    .description('makes the commands that need no installation in one file')
    .argument('[file]', 'where it goes', join(repositoryRoot, 'dist/doctor.mjs'))
    .action(async (given: string) => {
      const file = resolve(given);
      const bytes = await packDoctor(file);
      console.log(`${file}: ${(bytes / 2 ** 20).toFixed(2)} MiB, for Node ${node} or later. Try: node ${file} --help`);
    })
    .parseAsync();
