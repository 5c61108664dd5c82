import { afterEach, expect, test, vi } from 'vitest';
import { measureServerSlowness } from './server-slowness.ts';

afterEach(() => void vi.restoreAllMocks());

test.each([
  ['as fast as on a quiet machine', [100, 100, 100, 100, 100], 1],
  ['faster', [20, 20, 20, 20, 20], 1],
  ['three times as slow', [300, 290, 320, 310, 280], 3],
  ['slow once', [90, 2000, 90, 90, 90], 1],
])('a server that is %s', async (_what, answers, factor) => {
  let now = 5000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const left = [...answers];
  const version = () => {
    now += left.shift() ?? 0;
    return Promise.resolve('2026.8.0');
  };
  expect(await measureServerSlowness({ version })).toBe(factor);
  expect(left).toEqual([]);
});
