import { expect, test } from 'vitest';
import { instrument } from '../../fleet/build/mutants.ts';
import { linesIn, reaching } from './recorded-reach.ts';

const file = 'apps/base/server/a.ts';
const before = `export const first = (a: number) => {
  return a + 1;
};
export const second = (a: number) => {
  return a - 1;
};
`;

test('the lines of a diff are those that it removes, and those around an insertion', () => {
  const diff = '@@ -2 +2 @@ x\n-a\n+b\n@@ -7,3 +7 @@\n@@ -12,0 +10,2 @@\n';
  expect(linesIn(diff)).toEqual([
    [2, 2],
    [7, 9],
    [12, 13],
  ]);
});

test.each([
  ['a function', file, [2], ['a.spec.ts:1', 'a.spec.ts:3', 'changed.spec.ts:1']],
  ['another function', file, [5], ['a.spec.ts:2', 'a.spec.ts:3', 'changed.spec.ts:1']],
  ['a function and no function', file, [2, 7], ['a.spec.ts:1', 'a.spec.ts:2', 'a.spec.ts:3', 'changed.spec.ts:1']],
  [
    'code that nothing recorded',
    'apps/base/server/b.ts',
    [2],
    ['a.spec.ts:1', 'a.spec.ts:2', 'a.spec.ts:3', 'changed.spec.ts:1'],
  ],
  ['a page', 'apps/base/app/a.vue', [2], []],
  ['a new file', 'apps/base/server/new.ts', [2], []],
])(
  'the tests whose requests reach a change in %s, and those that nothing is known of',
  async (_where, of, changedLines, places) => {
    const { mutants } = await instrument(file, before);
    const reachOf = (spec: string, from: number) => ({
      test: spec,
      ms: 1,
      mutants: mutants.filter(({ start }) => start.line === from).map(({ id }) => id),
    });
    const change = async () => ({
      before: of.includes('new') ? '' : before,
      lines: changedLines.map((line) => [line, line] as const),
    });
    const specs = { 'a.spec.ts': 'same', 'changed.spec.ts': 'other' };
    const reach = { specs, tests: [reachOf('a.spec.ts:1', 2), reachOf('a.spec.ts:2', 5)] };
    const isReaching = await reaching(of, change, { reach, hashOfSpec: () => 'same' });
    const tests = ['a.spec.ts:1', 'a.spec.ts:2', 'a.spec.ts:3', 'changed.spec.ts:1'];
    const split = (place: string) => ({ spec: place.split(':')[0] ?? '', line: Number(place.split(':')[1]) });
    expect(tests.filter((place) => isReaching(split(place)))).toEqual(places);
  },
);
