import { expect, test, vi } from 'vitest';
import { summaryOf, workThrough } from './work-through.ts';

test('what is left follows from what is done', () => {
  expect(summaryOf(0, 3, 0)).toBe('[0/3] 0.0 s gone');
  expect(summaryOf(1, 3, 30_000)).toBe('[1/3] 30.0 s gone, about 1 min left');
  expect(summaryOf(3, 3, 90_000)).toBe('[3/3] 1 min 30 s gone');
});

test('works through all items in their order, several at once, and fails with the first failure', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const begun: number[] = [];
  let [now, most] = [0, 0];
  const work = async (item: number) => {
    begun.push(item);
    most = Math.max(most, (now += 1));
    await Promise.resolve();
    now -= 1;
    if (item === 4) throw new Error('the fourth failed');
  };
  await workThrough([1, 2, 3], { atOnce: 2, nameOf: String, work });
  expect(begun).toEqual([1, 2, 3]);
  expect(most).toBe(2);
  await expect(workThrough([4], { atOnce: 2, nameOf: String, work })).rejects.toThrow('the fourth failed');
});
