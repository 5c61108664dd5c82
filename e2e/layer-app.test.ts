import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { appNames, sessionApps, urlVariable } from '../apps/environment/apps.ts';

// A claim about the layer is tested on one app. That is enough while nothing but pages, API routes, copy and the
// settings of `defineApp` is an app's own.

const own = /^(?:app\/(?:components|composables|layouts|pages)|server\/api)\//;
/** What Nuxt and Nitro make of a file of an app: a component, a route, and what it exports. */
const namesOf = (app: string, file: string) => [
  file.toLowerCase().replaceAll(/(?:\/index)?(?:\.(?:get|post))?\.\w+$|[^a-z]/g, ''),
  ...[...readFileSync(`apps/${app}/${file}`, 'utf8').matchAll(/^export (?:const|function) (\w+)/gm)].map(
    ([, name]) => name,
  ),
];
const filesOf = (name: string) =>
  globSync('**/*.*', { cwd: `apps/${name}`, exclude: ['**/node_modules', '**/.nuxt', '**/.output'] })
    .filter((file) => !file.startsWith('.'))
    .toSorted();

test.each(appNames)('%s has nothing of its own beside pages, API routes and copy, and replaces nothing', (name) => {
  const files = filesOf(name);
  expect(files.filter((file) => !own.test(file))).toEqual(['nuxt.config.ts', 'package.json', 'tsconfig.json']);
  const names = new Set(filesOf('base').flatMap((file) => namesOf('base', file)));
  expect(files.filter((file) => own.test(file) && namesOf(name, file).some((its) => names.has(its)))).toEqual([]);
  for (const file of files.filter((each) => each.startsWith('server/api/')))
    expect(readFileSync(`apps/${name}/${file}`, 'utf8')).toContain('getFromPlatform');
  const config = readFileSync(`apps/${name}/nuxt.config.ts`, 'utf8');
  const settings = [...config.matchAll(/^ +(\w+):/gm)].map(([, key]) => key);
  expect(settings).toEqual(['idleSeconds', 'maxSeconds', 'endSessionUrl']);
});

test.each(['fleet/apps/NAME.yaml', 'apps/NAME/package.json', 'apps/NAME/tsconfig.json'])(
  '%s differs between the apps in names and hosts alone',
  (file) => {
    const texts = sessionApps.map(({ name, namesHosts }) => {
      const hosts = new RegExp(`^ *(?:${namesHosts.map(urlVariable).join('|') || '-'}):.*\n`, 'gm');
      const names = new RegExp(name, 'gi');
      return readFileSync(file.replace('NAME', name), 'utf8').replace(hosts, '').replace(names, 'NAME');
    });
    expect(new Set(texts).size).toBe(1);
  },
);
