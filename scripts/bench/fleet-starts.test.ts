import { expect, test } from 'vitest';
import { exitCodeOfStarts, tableOfStarts, type Starts } from './fleet-starts.ts';

const gibibyte = 2 ** 30;
/** A start that took long once, which the median leaves out. */
const quick: Starts = { up: [1_500, 9_000, 1_500], down: [600, 600, 600], bytes: gibibyte };

test('starts within their budget exit with 0', () => {
  expect(exitCodeOfStarts(quick, { check: true })).toBe(0);
});

test.each<[string, Partial<Starts>]>([
  ['a start that takes too long', { up: [3_100, 3_100, 1_000] }],
  ['a stop that takes too long', { down: [3_100, 3_100, 1_000] }],
  ['too much memory', { bytes: 1.6 * gibibyte }],
])('%s exits with 1, and only with --check', (_what, changes) => {
  expect(exitCodeOfStarts({ ...quick, ...changes }, { check: true })).toBe(1);
  expect(exitCodeOfStarts({ ...quick, ...changes }, { check: false })).toBe(0);
});

test('the table has what was measured beside its budget', () => {
  const rows = tableOfStarts(quick)
    .split('\n')
    .map((line) => line.split('│').map((cell) => cell.trim()));
  expect(rows).toContainEqual(['', 'up, apps built', '1.50 s', '3 s', '50 %', '']);
  expect(rows).toContainEqual(['', 'down', '0.60 s', '3 s', '20 %', '']);
  expect(rows).toContainEqual(['', 'resident memory', '1.00 GiB', '1.5 GiB', '67 %', '']);
});
