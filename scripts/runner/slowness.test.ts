import { afterEach, expect, test, vi } from 'vitest';
import { factorOf, measureSlowness } from './slowness.ts';

afterEach(() => void vi.restoreAllMocks());

test.each([
  ['as fast', 1, 1],
  ['faster', 0.25, 1],
  ['three times as slow', 3, 3],
  ['a little slower', 1.24, 1.2],
])('a machine that is %s', (_what, ratio, factor) => {
  expect(factorOf(ratio)).toBe(factor);
});

test('work that takes 200 ms instead of 80 is that of a machine 2.5 times as slow', () => {
  let now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  expect(measureSlowness(() => (now += 200))).toBe(2.5);
});
