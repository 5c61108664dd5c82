import { afterEach, expect, test, vi } from 'vitest';
import { measureServerSlowness } from './prepare-authentik.ts';

afterEach(() => void vi.restoreAllMocks());

test.each([
  ['as fast as on a quiet machine', [50, 50, 50, 50, 50], 1],
  ['faster', [10, 10, 10, 10, 10], 1],
  ['three times as slow', [150, 145, 160, 155, 140], 3],
  ['slow once', [45, 1000, 45, 45, 45], 1],
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
