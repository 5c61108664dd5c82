import { expect, test } from 'vitest';
import { inMebibytes, inMilliseconds, inSeconds, median, ratio, sum } from './figures.ts';

test.each([
  [[3, 1, 2], 2],
  [[10, 9, 1, 2], 9],
  [[7], 7],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

test('nothing measured has no median, and no ratio', () => {
  expect(median([])).toBeNaN();
  expect(ratio(median([]), 1)).toBe('–');
  expect(ratio(1, 0)).toBe('–');
});

test('a ratio says how many times the reference a value is', () => {
  expect(ratio(3, 2)).toBe('1.50 ×');
  expect(ratio(2, 2)).toBe('1.00 ×');
});

test('figures have their unit', () => {
  expect(inSeconds(1_234)).toBe('1.23 s');
  expect(inMilliseconds(0.1234)).toBe('0.12 ms');
  expect(inMebibytes(75.4 * 2 ** 20)).toBe('75 MiB');
  expect(sum([1, 2, 3])).toBe(6);
});
