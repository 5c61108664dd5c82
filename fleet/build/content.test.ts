import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Image } from '../manifests/images.ts';
import { cacheDirectory, repositoryRoot } from '../root.ts';
import { contentOf, type Parts } from './content.ts';

let folder: string;
beforeEach(() => {
  mkdirSync(cacheDirectory, { recursive: true });
  folder = mkdtempSync(join(cacheDirectory, 'content-'));
  write('main.ts', "import { answer } from './answer.ts';\nconsole.log(answer);");
  write('answer.ts', 'export const answer = 1;');
  write('page.js', 'alert(1)');
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const below = (name: string): string => relative(repositoryRoot, join(folder, name));

const image = (build: Image['build']): Image => ({ reference: 'x/y:1', overrideEnv: 'X', ...(build ? { build } : {}) });
const parts = (changes: Partial<Parts> = {}): Parts => ({
  objects: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
  images: [
    { key: 'operator', image: image({ kind: 'app', app: 'operator' }) },
    {
      key: 'mock',
      image: image({ kind: 'harness', entry: below('main.ts'), assets: [below('page.js')] }),
    },
    { key: 'redis', image: image(undefined) },
  ],
  builds: { operator: '/cache/operator-1' },
  ...changes,
});

test('a fleet has the content of its apps, its servers and its manifests', async () => {
  expect(await contentOf(parts())).toEqual({
    operator: 'operator-1',
    mock: expect.stringMatching(/^[0-9a-f]{16}$/),
    manifests: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(await contentOf(parts())).toEqual(await contentOf(parts()));
});

test.each<[string, string, () => Partial<Parts>]>([
  ['a module that a server imports', 'mock', () => (write('answer.ts', 'export const answer = 2;'), {})],
  ['a file that a server reads', 'mock', () => (write('page.js', 'alert(2)'), {})],
  ['another build of an app', 'operator', () => ({ builds: { operator: '/cache/operator-2' } })],
  ['a manifest', 'manifests', () => ({ objects: [] })],
])('%s changes that part alone', async (_what, part, change) => {
  const before = await contentOf(parts());
  const after = await contentOf(parts(change()));
  expect(Object.keys(before).filter((key) => before[key] !== after[key])).toEqual([part]);
});

test('a module that does not parse is named', async () => {
  write('answer.ts', 'export const answer = ;');
  await expect(contentOf(parts())).rejects.toThrow(/A module does not parse\. Correct it: .*answer\.ts:1/);
});
