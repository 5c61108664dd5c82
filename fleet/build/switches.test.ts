import { expect, test } from 'vitest';
import { applySwitches, isSwitchable, modulesOfConfiguration } from './switches.ts';
import type { Folders } from './sources.ts';

const base = (files: Record<string, string>): Folders =>
  new Map([['base', new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)]))]]);
const textOf = (folders: Folders, file: string): string | undefined => folders.get('base')?.get(file)?.toString();

const file = 'apps/base/server/sessions/lock.ts';
const source = `import { wait, type Time } from './wait.ts';
import type { Redis } from 'ioredis';
export interface Lock { redis: Redis }
export const seconds: Time = 30;
export function take(lock: Lock) { return wait(lock, seconds); }
export default take;
`;

test('a changed module selects one of its versions by the name of the switch', () => {
  const folders = base({ [file]: source });
  applySwitches(folders, {
    'short-lock': [{ file, find: 'seconds: Time = 30', replace: 'seconds: Time = 1' }],
    'long-lock': [{ file, find: 'seconds: Time = 30', replace: 'seconds: Time = 99' }],
  });
  const selection = textOf(folders, file) ?? '';
  expect(selection).toContain('"../../switched/short-lock/server/sessions/lock.js"');
  expect(selection).toContain('process.env.FLEET_SWITCH');
  expect([...selection.matchAll(/^export .*$/gm)].map(([line]) => line)).toEqual([
    'export const seconds = selected.seconds;',
    'export const take = selected.take;',
    'export default selected.default;',
  ]);
  for (const [name, value] of [
    ['unchanged', 30],
    ['short-lock', 1],
    ['long-lock', 99],
  ]) {
    const version = textOf(folders, `apps/base/switched/${name}/server/sessions/lock.js`);
    expect(version).toContain(`seconds = ${value}`);
    expect(version, 'a relative import from its new place').toContain('"../../../../server/sessions/wait.ts"');
    expect(version, 'types').not.toMatch(/Redis|Time/);
  }
});

test('pages carry the name of the switch, which browsers cannot read from the environment', () => {
  const folders = base({ [file]: 'export const a = 1;\n' });
  applySwitches(folders, { one: [{ file, find: '1', replace: '2' }] });
  expect(textOf(folders, 'apps/base/server/plugins/switched.ts')).toContain('data-switch');
});

test.each([
  ['a module of the server', 'apps/base/server/http/routes.ts', true],
  ['a route middleware', 'apps/base/app/middleware/signed-in.global.ts', true],
  ['configuration', 'apps/base/nuxt.config.ts', false],
  ['a component', 'apps/base/app/components/AppShell.vue', true],
  ['a page, whose text Nuxt reads', 'apps/portal/app/pages/profile.vue', false],
  ['a plugin of the browser, which Nuxt reads without running it', 'apps/base/app/plugins/a.client.ts', false],
  ['what the configuration imports', 'apps/base/development-urls.ts', false],
  ['what apps and fleet share', 'apps/environment/apps.ts', false],
])('%s can be a switch: %s is %s', (_what, path, can) => {
  expect(isSwitchable([{ file: path, find: 'a', replace: 'b' }], new Set())).toBe(can);
});

test('neither no change nor a removed module that others import can be a switch', () => {
  expect(isSwitchable([], new Set())).toBe(false);
  expect(isSwitchable([{ file, remove: true }], new Set())).toBe(false);
});

test('in the place of a removed plugin is one that does nothing', () => {
  const plugin = 'apps/base/server/plugins/no-store.ts';
  const folders = base({ [plugin]: 'export default defineNitroPlugin(() => act());\n' });
  expect(isSwitchable([{ file: plugin, remove: true }], new Set())).toBe(true);
  applySwitches(folders, { gone: [{ file: plugin, remove: true }] });
  expect(textOf(folders, 'apps/base/switched/gone/server/plugins/no-store.js')).toContain('() => {\n}');
});

test('a changed component selects one of its versions', () => {
  const component = 'apps/base/app/components/Name.vue';
  const folders = base({ [component]: '<template><b>name</b></template>\n' });
  applySwitches(folders, { other: [{ file: component, find: 'name', replace: 'other' }] });
  expect(textOf(folders, component)).toContain('import version0 from "../../switched/other/app/components/Name.vue"');
  expect(textOf(folders, 'apps/base/switched/other/app/components/Name.vue')).toContain('<b>other</b>');
});

test('a module that the configuration imports is read when the app is built, so that it cannot be a switch', () => {
  const folders = base({
    'apps/base/nuxt.config.ts': `import { define } from './define.ts';\nimport 'nuxt';\nexport default define();\n`,
    'apps/base/define.ts': `import { options } from './server/options.ts';\nexport const define = () => options;\n`,
    'apps/base/server/options.ts': 'export const options = 1;\n',
    [file]: source,
  });
  const buildTime = modulesOfConfiguration(folders);
  expect([...buildTime]).toEqual(['apps/base/nuxt.config.ts', 'apps/base/define.ts', 'apps/base/server/options.ts']);
  expect(isSwitchable([{ file: 'apps/base/server/options.ts', find: '1', replace: '2' }], buildTime)).toBe(false);
  expect(isSwitchable([{ file, find: '30', replace: '1' }], buildTime)).toBe(true);
});
