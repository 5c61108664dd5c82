// Makes the npm package `session-check` in a folder: `node scripts/session-check/pack.ts <folder>`. Its programs start each
// other by their files, and Playwright loads some, so that each module stays one file (docs/decisions/0041).
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { z } from 'zod';
import { bundleOf } from '../../fleet/build/bundle.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { writeDeclarations } from './declarations.ts';
import { settingsSchema } from './settings.ts';

/** What users import. */
const imported = { '.': 'scripts/session-check/index.ts', './config': 'scripts/session-check/config.ts' } as const;

/** What is started, or loaded by its name. */
const entries = [
  'scripts/session-check.ts',
  'scripts/session-check/global-setup.ts',
  ...Object.values(imported),
  'fleet/ends-with-parent.ts',
  'fleet/engines/local/supervisor.ts',
  'fleet/edge/main.ts',
  'fleet/one-app/command-images.ts',
  'fixtures/authentik/main.ts',
  'e2e/any-app/playwright.config.ts',
  'e2e/any-app/claims.spec.ts',
  'e2e/any-app/table-reporter.ts',
  'e2e/report/redact-reporter.ts',
  'e2e/report/run-reporter.ts',
];
/** Entries of the k3s engine, whose dependencies are optional. */
const entriesOfK3s = [
  'fleet/engines/docker/docker.ts',
  'fleet/engines/kubernetes/end.ts',
  'fleet/engines/kubernetes/engine.ts',
  'fleet/engines/kubernetes/fleet.ts',
  'fleet/engines/kubernetes/node.ts',
  'fleet/engines/kubernetes/watcher.ts',
  'fleet/edge/kubernetes-endpoints.ts',
];
const assets = [
  'fixtures/authentik/flows/flow-page.js',
  'fleet/e2e/Dockerfile',
  'fleet/e2e/cluster/edge-access.yaml',
  'LICENSE',
];

/** Modules that only k3s or other commands load on demand. */
const leftOut = /kubernetes|docker|build/;
/** Modules of other commands, which the package does not contain. */
const ofOthers = /build/;

/** The oldest Node that runs it, and what that lacks. */
const node = '22.19';
const stacks = 'disposablestack';

const read = (path: string): string => readFileSync(join(repositoryRoot, path), 'utf8');
const manifest = (path: string) =>
  JSON.parse(read(path)) as {
    license: string;
    version: string;
    devDependencies?: Record<string, string>;
    dependencies?: Record<string, string>;
  };

/** Only where it is needed, and without a top-level await, so that CommonJS can load these modules. */
const polyfillOf = (name: string): string =>
  `import { createRequire as requireFrom } from 'node:module';\nif (!globalThis.AsyncDisposableStack) requireFrom(import.meta.url)('${name}/auto');\n`;

/** Writes the package. @returns its dependencies, and those that k3s alone needs, by name. */
export async function pack(folder: string) {
  const { packages } = await bundleOf(entries, leftOut);
  const { modules, packages: all } = await bundleOf([...entries, ...entriesOfK3s], ofOthers);
  for (const path of modules) {
    const { code } = await transform(read(path), { loader: 'ts', target: `node${node}`, format: 'esm' });
    const polyfill = /DisposableStack|SuppressedError/.test(code) ? polyfillOf(stacks) : '';
    write(folder, path.replace(/\.ts$/, '.js'), polyfill + code.replaceAll(/\.ts(?=['"`])/g, '.js'));
  }
  await writeDeclarations(folder, Object.values(imported));
  for (const path of assets) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(join(repositoryRoot, path), join(folder, path));
  }
  // Without pictures, and without links that lead out of the package.
  const guide = read('docs/any-app.md')
    .replaceAll(/^!\[.*\n\n/gm, '')
    .replaceAll(/\[([^\]]+)\]\(\.\.\/[^)]*\)/g, '$1');
  write(folder, 'README.md', guide);
  write(folder, 'schema.json', `${JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input' }), null, 2)}\n`);
  write(folder, 'cli.js', cli);
  write(folder, 'global-setup.js', globalSetup);
  chmodSync(join(folder, 'cli.js'), 0o755);

  const { version, license, devDependencies } = manifest('package.json');
  const known: Readonly<Record<string, string>> = {
    ...devDependencies,
    ...manifest('fixtures/authentik/package.json').dependencies,
    [stacks]: '^1.1.8',
  };
  const versionsOf = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(names.toSorted().map((name) => [name, known[name] ?? '*']));
  const dependencies = versionsOf([...packages, stacks]);
  const peerDependencies = versionsOf([...all].filter((name) => !packages.has(name)));
  const contents = {
    name: '@dezky/session-check',
    version,
    description:
      'Nine claims about the sessions of any web app that signs in by OpenID Connect, on two processes of it.',
    license,
    type: 'module',
    bin: { 'session-check': 'cli.js' },
    exports: {
      ...Object.fromEntries(Object.entries(imported).map(([name, path]) => [name, exportOf(path)])),
      './global-setup': './global-setup.js',
      './schema.json': './schema.json',
    },
    engines: { node: `>=${node}` },
    dependencies,
    peerDependencies,
    peerDependenciesMeta: Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, { optional: true }])),
  };
  write(folder, 'package.json', `${JSON.stringify(contents, null, 2)}\n`);
  return { dependencies, peerDependencies };
}

const exportOf = (path: string) => ({
  types: `./${path.replace(/\.ts$/, '.d.ts')}`,
  default: `./${path.replace(/\.ts$/, '.js')}`,
});

/** Not in the package's folder, which `npm ci` removes while a check may run. Set before any module reads it. */
const stateFolder = `import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
process.env.FLEET_STATE_DIR ??= join(tmpdir(), \`session-check-\${userInfo().uid}\`);
`;

const cli = `#!/usr/bin/env node
${stateFolder}process.env.INIT_CWD = process.cwd();
await import('./scripts/session-check.js');
`;

const globalSetup = `${stateFolder}export default async (config) => (await import('./scripts/session-check/global-setup.js')).default(config);
`;

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

if (import.meta.main) {
  const folder = resolve(process.argv[2] ?? 'session-check');
  const { dependencies } = await pack(folder);
  console.log(`${folder}: ${Object.keys(dependencies).length} dependencies. Pack it with: npm pack ${folder}`);
}
