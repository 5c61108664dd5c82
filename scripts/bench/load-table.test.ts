import { expect, test } from 'vitest';
import { without } from './load-table.ts';

test('a cost without another is a mean, and never negative', () => {
  const costs = [
    { app: 8, platformApi: 1, redis: 0 },
    { app: 6, platformApi: 1, redis: 0 },
  ];
  expect(without(costs, { app: 3, platformApi: 1, redis: 0.1 })).toEqual({ app: 4, platformApi: 0, redis: 0 });
});
