import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';
import { choose, narrowedBy, refuseUnknown, type Choice } from './choose.ts';
import { mutant } from './testing.ts';

const idle = 'apps/base/server/sessions/session-times.ts';
const api = 'apps/platform-api/src/api.ts';
const all = Array.from({ length: 20 }, (_, index) => ({
  mutant: mutant(String(index), { file: index % 2 === 0 ? idle : api }),
}));
const idsOf = (choice: Partial<Choice>, from = all) =>
  choose(from, { seed: 1, ...choice }).map((each) => each.mutant.id);
const even = all.filter(({ mutant: { file } }) => file === idle).map((each) => each.mutant.id);

test.each<[string, Partial<Choice>, string[]]>([
  ['a file', { files: [idle] }, even],
  ['a folder', { files: ['apps/base/server/'] }, even],
  ['a pattern', { files: ['apps/*/server/**'] }, even],
  ['a folder of another name', { files: ['apps/base/serve'] }, []],
  ['a path from here', { files: ['./apps/base/server'] }, even],
  ['an absolute path', { files: [join(repositoryRoot, 'apps/base/server')] }, even],
  ['an absolute pattern', { files: [join(repositoryRoot, 'apps/*/server/**')] }, even],
  ['the repository', { files: ['.'] }, all.map((each) => each.mutant.id)],
  ['an empty variable', { files: [''] }, []],
  ['files that changed', { changed: new Set([idle]) }, even],
  ['ids', { mutant: ['7', '9'] }, ['7', '9']],
])('%s', (_what, choice, ids) => {
  expect(idsOf(choice)).toEqual(ids);
});

test('the parts together are all, and none is in two of them', () => {
  const parts = [1, 2, 3].flatMap((index) => idsOf({ shard: { index, count: 3 } }));
  expect(parts.toSorted()).toEqual(all.map((each) => each.mutant.id).toSorted());
});

test('a sample depends on its seed, and not on the order of the mutants', () => {
  const sample = idsOf({ sample: 5 });
  expect(sample).toHaveLength(5);
  expect(idsOf({ sample: 5 }, all.toReversed())).toEqual(sample);
  expect(idsOf({ sample: 5, seed: 2 })).not.toEqual(sample);
});

test('each id and each pattern of no mutant is named', () => {
  const choice = { seed: 1, mutant: ['7', 'nosuch', 'none'], files: ['apps/base', 'nosuchfolder', ''] };
  expect(() => refuseUnknown(all, choice)).toThrow(
    'No mutant has the id "nosuch" or "none", or is in "nosuchfolder" or "". See: npm run mutate -- --list',
  );
  expect(() => refuseUnknown(all, { seed: 1, mutant: ['nosuch'] })).toThrow('No mutant has the id "nosuch". See');
  expect(() => refuseUnknown(all, { seed: 1, files: ['../x'] })).toThrow('No mutant is in "../x". See');
  expect(() => refuseUnknown(all, { seed: 1, mutant: ['7'], files: ['./apps'] })).not.toThrow();
});

test('the options that leave mutants out are named', () => {
  expect(narrowedBy({ seed: 1, files: [idle], changed: new Set() })).toBe('--files and --since');
  expect(narrowedBy({ seed: 1, mutant: ['7'], shard: { index: 2, count: 2 } })).toBe('--mutant and --shard');
});
