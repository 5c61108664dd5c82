import { expect, test } from 'vitest';
import { without } from './load-table.ts';

test('a cost without another is a mean, and never negative', () => {
  const costs = [[8, 1, 0] as const, [6, 1, 0] as const];
  expect(without(costs, [3, 1, 0.1])).toEqual([4, 0, 0]);
});
