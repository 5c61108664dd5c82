import { expect, test } from 'vitest';
import { tableOfStarts, type Starts } from './fleet-starts.ts';
import { without } from './load-table.ts';

const gibibyte = 2 ** 30;
/** A start that took long once, which the median leaves out. */
const quick: Starts = { up: [1_500, 9_000, 1_500], down: [600, 600, 600], bytes: gibibyte };

test('the table has what was measured beside its budget', () => {
  const rows = tableOfStarts(quick)
    .split('\n')
    .map((line) => line.split('│').map((cell) => cell.trim()));
  expect(rows).toContainEqual(['', 'up, apps built', '1.50 s', '3 s', '50 %', '']);
  expect(rows).toContainEqual(['', 'down', '0.60 s', '3 s', '20 %', '']);
  expect(rows).toContainEqual(['', 'resident memory', '1.00 GiB', '1.5 GiB', '67 %', '']);
});

test('a cost without another is a mean, and never negative', () => {
  const costs = [[8, 1, 0] as const, [6, 1, 0] as const];
  expect(without(costs, [3, 1, 0.1])).toEqual([4, 0, 0]);
});
