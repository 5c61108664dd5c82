import { describe, expect, test } from 'vitest';
import { pauses, withRetries } from './refresh-retries.ts';

describe('pauses', () => {
  test('double up to the maximum, and end with the total', () => {
    expect([...pauses({ first: 100, max: 1000, total: 4000 })]).toEqual([100, 200, 400, 800, 1000, 1000]);
  });
});

describe('withRetries', () => {
  /** A task that fails this many times, and the pauses between its attempts. */
  const failing = (times: number) => {
    const paused: number[] = [];
    let attempts = 0;
    const task = async () => {
      attempts += 1;
      if (attempts <= times) throw new Error(`attempt ${attempts}`);
      return `attempt ${attempts}`;
    };
    return { paused, task, pause: async (milliseconds: number) => void paused.push(milliseconds) };
  };

  test('does not pause for a task that succeeds', async () => {
    const { task, pause, paused } = failing(0);
    expect(await withRetries(task, [1, 2], pause)).toBe('attempt 1');
    expect(paused).toEqual([]);
  });

  test('attempts once more than there are pauses, and rejects with the last error', async () => {
    const { task, pause, paused } = failing(9);
    await expect(withRetries(task, [1, 2], pause)).rejects.toThrow('attempt 3');
    expect(paused).toEqual([1, 2]);
  });
});
