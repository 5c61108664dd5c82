import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { scratchFolder } from '../testing.ts';
import { commitToRelease, demandNotOlder, manifestsOf } from './commit.ts';
import { gitIn } from './testing.ts';

let checkout: string;
let first: string;
let second: string;

const git = (...args: string[]): string => gitIn(checkout, ...args);
const commit = (content: string): string => {
  writeFileSync(join(checkout, 'file'), content);
  git('add', '.');
  git('commit', '--quiet', '--message', content);
  return git('rev-parse', 'HEAD');
};

beforeEach(() => {
  checkout = scratchFolder();
  git('init', '--quiet');
  first = commit('first');
  second = commit('second');
});

test('the commit that is checked out, by all or the first of its digits', async () => {
  expect(await commitToRelease(second, checkout)).toBe(second);
  expect(await commitToRelease(second.slice(0, 8), checkout)).toBe(second);
  expect(await commitToRelease(second.toUpperCase(), checkout)).toBe(second);
});

test.each(['', 'HEAD', `${'0'.repeat(40)}`])('"%s" is no commit to release', async (wanted) => {
  await expect(commitToRelease(wanted, checkout)).rejects.toThrow(`There is no commit "${wanted}" in this checkout.`);
});

test('another commit than the one that is checked out is refused', async () => {
  await expect(commitToRelease(first, checkout)).rejects.toThrow(
    `${first} is to be released, but ${second} is checked out, and its manifests may differ. Run: git checkout ${first}`,
  );
});

test('files that differ are named', async () => {
  writeFileSync(join(checkout, 'file'), 'changed');
  writeFileSync(join(checkout, 'new'), '');
  await expect(commitToRelease(second, checkout)).rejects.toThrow(
    `Files differ from ${second}: file, new. Commit them,`,
  );
});

test('what is older than what runs is not released by --sha, and what cannot be compared neither', async () => {
  await expect(demandNotOlder(first, ['1.0.0', second], checkout)).rejects.toThrow(
    `${second} is running, and ${first} is older. To go back to it: npm run deploy -- --to ${first}`,
  );
  const unknown = '0'.repeat(40);
  await expect(demandNotOlder(second, [unknown], checkout)).rejects.toThrow(
    `${unknown} is running and is not in this checkout, so it cannot be compared with ${second}. Run: git fetch`,
  );
  await demandNotOlder(second, [first, second, '1.0.0'], checkout);
});

test('a commit without manifests is told', async () => {
  await expect(manifestsOf(first, checkout)).rejects.toThrow(/^The manifests of \w+ cannot be read: .*fleet\/apps/);
});
