import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { repositoryRoot } from '../../fleet/root.ts';
import { needOf, without, type LoadPoint } from './load-table.ts';

const point: LoadPoint = {
  sessions: 3_000,
  redisBytes: 0,
  bytesPerSession: 0,
  podBytes: 0,
  call: { app: 3, platformApi: 1, redis: 0.1 },
  page: { app: 20, platformApi: 5, redis: 0.5 },
  refresh: { app: 4, platformApi: 0, redis: 0.2 },
};

test('what sessions need is the sum of what their active users do', () => {
  // 600 active users: 40 calls and 10 pages a second, and a refresh each every 270 s.
  const need = needOf(point, 300);
  expect(need.requests).toBeCloseTo(50);
  expect(need.refreshes).toBeCloseTo(600 / 270);
  expect(need.app).toBeCloseTo((40 * 3 + 10 * 20 + (600 / 270) * 4) / 1000);
});

test('a cost without another is a mean, and never negative', () => {
  const costs = [
    { app: 8, platformApi: 1, redis: 0 },
    { app: 6, platformApi: 1, redis: 0 },
  ];
  expect(without(costs, point.call)).toEqual({ app: 4, platformApi: 0, redis: 0 });
});

test('the renewal margin is the one of the apps', () => {
  const file = 'apps/base/server/sessions/session-times.ts';
  expect(readFileSync(join(repositoryRoot, file), 'utf8')).toContain('const margin = 30;');
});
