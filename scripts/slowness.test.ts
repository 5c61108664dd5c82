import { expect, test } from 'vitest';
import { factorOf, measureSlowness } from './slowness.ts';

test.each([
  ['as fast', 1, 1],
  ['faster', 0.25, 1],
  ['three times as slow', 3, 3],
  ['a little slower', 1.24, 1.2],
])('a machine that is %s', (_what, ratio, factor) => {
  expect(factorOf(ratio)).toBe(factor);
});

test('a measurement is at least 1', () => {
  expect(measureSlowness()).toBeGreaterThanOrEqual(1);
});
