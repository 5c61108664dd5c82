import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { applyMutants, coverageVariable, instrument, isMutated, mutated, mutantsOf } from './mutants.ts';
import type { Folders } from './sources.ts';

const file = 'apps/base/server/settings/session-times.ts';
const source = 'export const isIdle = (seconds: number, limit: number): boolean => seconds > limit;\n';
const folders = (files: Record<string, string>): Folders =>
  new Map([['base', new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))]]);

/** The global in which the instrumented code reads the active mutant. */
const state = '__stryker__';
afterEach(() => {
  Reflect.deleteProperty(globalThis, state);
  vi.unstubAllEnvs();
});

test('an instrumented module does what it did, until one of its mutants is active', async () => {
  const { content, mutants } = await instrument(file, source);
  using folder = mkdtempDisposableSync(join(tmpdir(), 'mutants-'));
  writeFileSync(join(folder.path, 'idle.ts'), content);
  const { isIdle } = (await import(pathToFileURL(join(folder.path, 'idle.ts')).href)) as {
    isIdle(seconds: number, limit: number): boolean;
  };
  expect([isIdle(2, 1), isIdle(1, 1)]).toEqual([true, false]);
  const equality = mutants.find(({ replacement }) => replacement === 'seconds >= limit');
  Object.assign(Reflect.get(globalThis, state) as object, { activeMutant: equality?.id });
  expect([isIdle(2, 1), isIdle(1, 1)]).toEqual([true, true]);
});

test('its id stays the same when other lines change, and differs from that of its double', async () => {
  const ids = async (text: string) => (await instrument(file, text)).mutants.map(({ id }) => id);
  const before = await ids(source);
  expect(await ids(`export const other = 'text';\n${source}`)).toEqual(expect.arrayContaining(before));
  const twice = await ids('export const a = (x: number) => x > 1;\nexport const b = (x: number) => x > 1;\n');
  expect(new Set(twice).size).toBe(twice.length);
});

test('the source with one mutant differs in nothing else', async () => {
  const { mutants } = await instrument(file, source);
  const equality = mutants.find(({ replacement }) => replacement === 'seconds >= limit');
  expect(mutated(source, equality!)).toBe(source.replace('>', '>').replace('seconds > limit', 'seconds >= limit'));
});

test('what the configuration reads is left as it is, and its mutants need a build of their own', async () => {
  const sources = {
    'apps/base/nuxt.config.ts': `import { options } from './server/options.ts';\nexport default options;\n`,
    'apps/base/server/options.ts': 'export const options = { secure: true };\n',
    [file]: source,
  };
  const found = await mutantsOf(folders(sources));
  expect(new Set(found.filter(({ atBuild }) => atBuild).map((mutant) => mutant.file))).toEqual(
    new Set(['apps/base/server/options.ts']),
  );
  const instrumented = folders(sources);
  await applyMutants(instrumented);
  const textOf = (path: string) => instrumented.get('base')?.get(path)?.toString();
  expect(textOf('apps/base/server/options.ts')).toBe(sources['apps/base/server/options.ts']);
  expect(textOf(file)).toContain('stryMutAct');
  expect(textOf('apps/base/server/plugins/0.mutants.ts')).toContain('data-mutant');
});

/** The hooks of the plugin of an instrumented app, as it installs them with these variables. */
async function hooksOfPlugin(
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<Map<string, () => void>> {
  const instrumented = folders({ [file]: source });
  await applyMutants(instrumented);
  const plugin = join(folder, 'plugin.mjs');
  writeFileSync(plugin, instrumented.get('base')?.get('apps/base/server/plugins/0.mutants.ts') ?? '');
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const hooks = new Map<string, () => void>();
  const { default: install } = (await import(pathToFileURL(plugin).href)) as {
    default(nitro: { hooks: { hook(name: string, run: () => void): void } }): void;
  };
  install({ hooks: { hook: (name, run) => hooks.set(name, run) } });
  return hooks;
}

test('what other plugins reach before the first request belongs to the start of a pod', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'mutants-'));
  const hooks = await hooksOfPlugin(folder.path, { [coverageVariable]: folder.path, FLEET_RUN_ID: 'run' });
  const reach = (id: string): void => {
    (Reflect.get(globalThis, state) as { mutantCoverage: { static: object } }).mutantCoverage.static = { [id]: 1 };
  };
  reach('by-another-plugin');
  hooks.get('request')?.();
  reach('by-a-request');
  hooks.get('afterResponse')?.();
  expect(readFileSync(join(folder.path, 'run.log'), 'utf8')).toMatch(/^start by-another-plugin\n\d+ by-a-request\n$/);
});

test('code of the browser reads the active mutant from the page', async () => {
  const middleware = 'apps/base/app/middleware/signed-in.global.ts';
  const instrumented = folders({ [middleware]: 'export default () => false;\n' });
  await applyMutants(instrumented);
  expect(instrumented.get('base')?.get(middleware)?.toString()).toMatch(/^if \(typeof document .*\n.*dataset\.mutant/);
});

test.each([
  ['apps/base/server/settings/session-times.ts', true],
  ['apps/platform-api/src/api.ts', true],
  ['apps/base/define-app.ts', true],
  ['apps/base/app/middleware/signed-in.global.ts', true],
  ['apps/base/server/sessions/idle.test.ts', false],
  ['apps/base/shared/types/platform.ts', false],
  ['apps/environment/apps.ts', false],
  ['apps/base/nuxt.config.ts', false],
])('%s has mutants: %s', (path, has) => {
  expect(isMutated(path)).toBe(has);
});
