import { expect, test, vi } from 'vitest';
import { until } from './until.ts';

const options = { timeoutMs: 50, intervalMs: 1, failure: () => new Error('too late') };

test('it looks until there is something, and gives that', async () => {
  const look = vi.fn<() => number | false | undefined>();
  look.mockReturnValueOnce(false).mockReturnValueOnce(undefined).mockReturnValue(0);
  expect(await until(look, { ...options, timeoutMs: 10_000 })).toBe(0);
  expect(look).toHaveBeenCalledTimes(3);
});

test('when the time is over it throws what it is given, after at least one look', async () => {
  const look = vi.fn(() => false);
  await expect(until(look, { ...options, timeoutMs: -1 })).rejects.toThrow('too late');
  expect(look).toHaveBeenCalledTimes(1);
  await expect(until(look, { ...options, failure: () => Promise.resolve(new Error('with a report')) })).rejects.toThrow(
    'with a report',
  );
});
