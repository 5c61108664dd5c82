import { expect, test } from 'vitest';
import { bestFirst, coverage, endsOf, knownTests, measuredSeconds, sequencerOf, shardOf } from './sequencer.ts';

const seconds: Record<string, number> = { slow: 20, quick: 2, both: 3, again: 1, skipped: 0, long: 30 };
const secondsOf = ({ title }: { title: string }): number => seconds[title] ?? 1;
const tests = Object.entries({ slow: 'abc', quick: 'a', both: 'ab', again: 'a', skipped: 'd', long: 'a' }).map(
  ([title, tags]) => ({ spec: 'a.spec.ts', title, tags: [...tags] }),
);
const titles = (its: readonly { title: string }[]): string => its.map(({ title }) => title).join(' ');

test('first is what claims most new regressions per second, last what claims none, the longest first', () => {
  expect(titles(bestFirst(tests, secondsOf))).toBe('again both slow long quick skipped');
});

test('a test starts on the first free worker, and what does not fit makes room for a shorter one', () => {
  const { fit, order } = sequencerOf(secondsOf, () => 2, 2);
  expect(endsOf(order(tests), secondsOf, 2)).toEqual([1, 3, 21, 33, 23, 23]);
  expect(titles(fit(tests, 44))).toBe('again both slow quick');
});

test('what is covered and what is not, of the tests that can run', () => {
  const chosen = tests.filter(({ title }) => title === 'both' || title === 'skipped');
  expect(coverage(chosen, tests, secondsOf, true)).toBe('2 of 6 tests, 2 of 3 regressions; not covered: c.');
  expect(coverage(tests, tests, secondsOf, true)).toBe('6 of 6 tests, 3 of 3 regressions.');
});

test('a new test takes the median of its file, in a new file that of all', () => {
  const of = measuredSeconds({ 'a.spec.ts': { a: 1, b: 5, c: 2 }, 'b.spec.ts': { d: 9 } });
  const at = (spec: string, title: string): number => of({ spec, title });
  expect([at('a.spec.ts', 'b'), at('a.spec.ts', 'new'), at('new.spec.ts', 'new')]).toEqual([5, 2, 2]);
  expect(measuredSeconds({})({ spec: 'a', title: 'b' })).toBe(1);
});

test('how many tests some specs have', () => {
  const durations = { 'a.spec.ts': { a: 1, b: 5 }, 'b.spec.ts': { c: 9 } };
  expect(knownTests(['a.spec.ts', 'b.spec.ts'], durations)).toBe(3);
  expect(knownTests(['a.spec.ts', 'new.spec.ts'], durations)).toBe(Infinity);
});

test('the parts together are the list, each element once', () => {
  const list = Array.from({ length: 10 }, (_, index) => index);
  const parts = [1, 2, 3].map((index) => shardOf({ index, count: 3 }, list));
  expect(parts.map(({ length }) => length)).toEqual([4, 3, 3]);
  expect(parts.flat().toSorted((a, b) => a - b)).toEqual(list);
});
