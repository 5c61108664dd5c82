import { expect, test } from 'vitest';
import type { Reach } from './reach.ts';
import { testsFor } from './tests-for.ts';

const reach: Reach = {
  specs: {},
  tests: [
    { test: 'slow', ms: 900, functions: ['a.ts#often'] },
    { test: 'quick', ms: 100, functions: ['a.ts#often'] },
    { test: 'special', ms: 500, functions: ['a.ts#often', 'a.ts#rarely'] },
    { test: 'other', ms: 1, functions: [] },
  ],
};
const placesFor = (name: string) => testsFor(name, reach).map(({ test: place }) => place);

test.each([
  ['a.ts#often', ['special', 'quick', 'slow'], 'the tests that reach it; of two, the one that reaches what few reach'],
  ['a.ts#rarely', ['special'], 'the tests that reach it'],
  ['a.ts#atStart', ['special', 'quick', 'slow'], 'those that reach its file, because none reaches it'],
  ['b.ts#atStart', ['other', 'quick', 'special', 'slow'], 'any, because none reaches its file'],
])('%s: %j, %s', (name, places) => {
  expect(placesFor(name)).toEqual(places);
});
