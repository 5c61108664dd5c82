import { expect, test } from 'vitest';
import type { Reach } from './reach.ts';
import { testsFor } from './tests-for.ts';

const reach: Reach = {
  specs: {},
  tests: [
    { test: 'slow', ms: 900, mutants: ['often'] },
    { test: 'quick', ms: 100, mutants: ['often'] },
    { test: 'special', ms: 500, mutants: ['often', 'rarely', 'elsewhere'] },
    { test: 'other', ms: 1, mutants: ['elsewhere'] },
  ],
};
const placesFor = (id: string, inFile: string[]) =>
  testsFor({ id }, new Set(inFile), reach).map(({ test: place }) => place);
const inFile = ['often', 'rarely', 'atStart'];

test.each([
  [
    'often',
    inFile,
    ['special', 'quick', 'slow'],
    'the tests that reach it; of two, the one that reaches what few reach',
  ],
  ['rarely', inFile, ['special'], 'the tests that reach it'],
  ['atStart', inFile, ['special', 'quick', 'slow'], 'those that reach its file, because none reaches it'],
  ['alone', ['alone'], ['other', 'quick', 'special', 'slow'], 'any, because none reaches its file'],
])('%s of %j: %j, %s', (id, file, places) => {
  expect(placesFor(id, file)).toEqual(places);
});
