import { expect, test } from 'vitest';
import { readFolders } from '../../fleet/build/sources.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { allMutants } from './all-mutants.ts';
import { equivalents, outdated } from './equivalent.ts';
import { mutant } from './testing.ts';

test('the list fits the sources of today', async () => {
  const all = await allMutants(await readFolders(repositoryRoot));
  expect(
    outdated(
      equivalents,
      all.map((each) => each.mutant),
    ),
  ).toEqual([]);
});

const entry = { id: 'a', file: mutant('a').file, original: 'a > b', replacement: 'true', reason: 'a is above b here.' };

test.each([
  ['no such mutant', { id: 'b' }, /^b is no mutant/],
  ['other text', { original: 'a >= b' }, /^a is no mutant/],
  ['another file', { file: 'apps/x.ts' }, /^a is no mutant/],
  ['no reason', { reason: ' ' }, /has no reason/],
])('an entry with %s is a fault', (_what, changes, sentence) => {
  expect(outdated([{ ...entry, ...changes }], [mutant('a')])).toEqual([expect.stringMatching(sentence)]);
  expect(outdated([entry], [mutant('a')])).toEqual([]);
});
