import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { scratchFolder } from '../testing.ts';
import type { SourceChange } from '../manifests/change.ts';
import { identify, isAlive, processesWithEnvironment, signalTree } from '../run/process-identity.ts';
import { buildApps, clearAbandonedBuilds } from './builds.ts';

/** Replaces `nuxt build`: it writes the sources' text into the output and counts its runs. */
const builder = `
  const fs = require('node:fs');
  fs.appendFileSync(process.env.HOME + '/builds.log', process.cwd().split('/').at(-1) + '\\n');
  const read = (file) => fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  const text = read('app.txt') + read('../base/base.txt') + read('../environment/shared.txt');
  if (text.includes('broken')) { console.error('line of the failure'); process.exit(1); }
  if (text.includes('endless')) {
    // In its own process group, as a tool started by a build may be.
    const { spawn } = require('node:child_process');
    const helper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    fs.writeFileSync(process.env.HOME + '/helper.draft', String(helper.pid));
    fs.renameSync(process.env.HOME + '/helper.draft', process.env.HOME + '/helper.pid');
    setInterval(() => {}, 1000);
  }
  else {
    fs.mkdirSync('.output/server', { recursive: true });
    fs.writeFileSync('.output/server/index.mjs', text + (process.env.NUXT_SECRET ?? ''));
  }
`;

let root: string;
const helperFile = (): string => join(root, 'helper.pid');

beforeEach(() => {
  root = scratchFolder();
  vi.stubEnv('HOME', root);
  vi.stubEnv('NUXT_SECRET', 'leaked');
  write('package-lock.json', '{}');
  for (const program of ['nuxt', 'nitropack']) {
    write(`node_modules/.bin/${program}`, builder);
    chmodSync(join(root, 'node_modules/.bin', program), 0o755);
  }
  write('apps/base/base.txt', 'base one;');
  write('apps/operator/nuxt.config.ts', '');
  write('apps/operator/app.txt', 'operator;');
  write('apps/portal/nuxt.config.ts', '');
  write('apps/portal/app.txt', 'portal;');
  write('apps/platform-api/nitro.config.ts', '');
  write('apps/platform-api/app.txt', 'api;');
});
afterEach(() => {
  // A process in its own group does not end with the build.
  const helper = existsSync(helperFile()) ? identify(Number(readFileSync(helperFile(), 'utf8'))) : undefined;
  if (helper) signalTree(helper, 'SIGKILL');
  vi.unstubAllEnvs();
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

const apps = ['operator', 'portal', 'platform-api'];
const build = (changes: SourceChange[] = [], options: { signal?: AbortSignal } = {}) =>
  buildApps(apps, { root, changes, ...options });
const outputOf = (folder: string | undefined): string =>
  readFileSync(join(folder ?? '', '.output/server/index.mjs'), 'utf8');

/** The apps that were built since the last call. */
function built(): string[] {
  const log = join(root, 'builds.log');
  const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  rmSync(log, { force: true });
  return lines.toSorted();
}

describe('buildApps', () => {
  test('builds each app once, without the environment of this process, and leaves only the builds', async () => {
    const first = await build();
    expect(outputOf(first['operator'])).toBe('operator;base one;');
    expect(outputOf(first['platform-api'])).toBe('api;');
    expect(built()).toEqual(['operator', 'platform-api', 'portal']);
    expect(await build()).toEqual(first);
    expect(built()).toEqual([]);
    expect(readdirSync(join(root, '.cache/unfinished'))).toEqual([]);
    expect(readdirSync(join(root, '.cache/builds'))).toHaveLength(3);
    expect(existsSync(join(root, 'apps/operator/.output'))).toBe(false);
  });

  test('builds anew what is not whole in the cache', async () => {
    const { operator = '', portal = '' } = await build();
    built();
    writeFileSync(join(operator, '.output/server/index.mjs'), 'operator');
    rmSync(join(portal, '.output/server'), { recursive: true });
    await build();
    expect(built()).toEqual(['operator', 'portal']);
    expect(outputOf(operator)).toBe('operator;base one;');
  });

  test('builds anew what a source change touches, and nothing else', async () => {
    const plain = await build();
    built();
    const portal = await build([{ file: 'apps/portal/app.txt', find: 'portal', replace: 'faulty' }]);
    expect(built()).toEqual(['portal']);
    expect(outputOf(portal['portal'])).toBe('faulty;base one;');
    expect(portal['operator']).toBe(plain['operator']);
    const base = await build([{ file: 'apps/base/base.txt', find: 'one', replace: 'two' }]);
    expect(built()).toEqual(['operator', 'portal']);
    expect(outputOf(base['operator'])).toBe('operator;base two;');
    const removed = await build([{ file: 'apps/base/base.txt', remove: true }]);
    expect(outputOf(removed['portal'])).toBe('portal;');
    expect(readFileSync(join(root, 'apps/base/base.txt'), 'utf8')).toBe('base one;');
  });

  test('knows a build by its content: tests and made files do not count, the lock file does', async () => {
    await build();
    built();
    write('apps/portal/app.test.ts', 'x');
    write('apps/portal/.nuxt/types.d.ts', 'x');
    await build();
    expect(built()).toEqual([]);
    write('package-lock.json', '{"changed":true}');
    await build();
    expect(built()).toHaveLength(3);
  });

  test.each<[string, SourceChange, RegExp]>([
    ['does not occur', { file: 'apps/portal/app.txt', find: 'x', replace: 'y' }, /occurs 0 times, not once/],
    [
      'is in no app',
      { file: 'fleet/manifests/images.ts', find: 'x', replace: 'y' },
      /names fleet\/manifests\/images\.ts, which is no source/,
    ],
  ])('refuses a change whose text or file %s', async (_, change, message) => {
    await expect(build([change])).rejects.toThrow(message);
    expect(built()).toEqual([]);
  });

  test('tells the last lines of a build that fails, and keeps nothing of it', async () => {
    await expect(build([{ file: 'apps/portal/app.txt', find: 'portal', replace: 'broken' }])).rejects.toThrow(
      /The build of portal failed \(exit code 1\)[\s\S]*line of the failure[\s\S]*cd apps\/portal && npx nuxt build/,
    );
    expect(readdirSync(join(root, '.cache/unfinished'))).toEqual([]);
    expect(readdirSync(join(root, '.cache/builds')).filter((name) => name.startsWith('portal'))).toEqual([]);
  });

  test('can be given up, and ends the build', async () => {
    const endless: SourceChange = { file: 'apps/portal/app.txt', find: 'portal', replace: 'endless' };
    const giveUp = new AbortController();
    const building = build([endless], { signal: giveUp.signal });
    building.catch(() => {});
    await expect.poll(() => existsSync(helperFile())).toBe(true);
    giveUp.abort();
    await expect(building).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(join(root, '.cache/unfinished'))).toEqual([]);
  });

  // Child processes of a build can only be found through /proc.
  test.skipIf(process.platform !== 'linux')(
    'a build ends with a process that is killed, and what it started is ended later; that of a living one stays',
    async () => {
      const program = `
      import { buildApps } from ${JSON.stringify(join(import.meta.dirname, 'builds.ts'))};
      const changes = [{ file: 'apps/portal/app.txt', find: 'portal', replace: 'endless' }];
      await buildApps(['portal'], { root: ${JSON.stringify(root)}, changes });
    `;
      const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], { stdio: 'inherit' });
      await expect.poll(() => existsSync(helperFile())).toBe(true);
      const [work = ''] = readdirSync(join(root, '.cache/unfinished'));
      const inWork = processesWithEnvironment('FLEET_BUILD_WORK', join(root, '.cache/unfinished', work));
      const started = identify(Number(readFileSync(helperFile(), 'utf8')));
      owner.kill('SIGKILL');
      await once(owner, 'exit');
      // The build notices it itself; a helper in its own process group does not.
      expect(inWork).toHaveLength(2);
      await expect.poll(() => inWork.filter(isAlive)).toEqual([started]);
      const ours = `${process.pid}-portal`;
      mkdirSync(join(root, '.cache/unfinished', ours));
      await clearAbandonedBuilds({ root });
      await expect.poll(() => started && isAlive(started)).toBe(false);
      expect(readdirSync(join(root, '.cache/unfinished'))).toEqual([ours]);
    },
  );
});

test('a folder in whose path Nitro cannot build gets a sentence at once', async () => {
  const folder = join(root, "it's here");
  await expect(buildApps(['operator'], { root: folder })).rejects.toThrow(
    `Nitro cannot build apps in ${folder}, because of the quote in its name. Move the folder.`,
  );
  expect(existsSync(join(root, 'builds.log'))).toBe(false);
});
