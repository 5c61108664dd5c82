/**
 * Pauses in milliseconds. Each is twice as long as the one before, up to the longest. Together they fit into the total.
 */
export function* pauses({ first, max, total }: { first: number; max: number; total: number }) {
  let sum = 0;
  for (let next = first; sum + next <= total; next = Math.min(2 * next, max)) {
    sum += next;
    yield next;
  }
}

/** Retries a task after each pause until it succeeds. Rejects with the last error when no pause is left. */
export const withRetries = async <Result>(
  task: () => Promise<Result>,
  between: Iterable<number>,
  pause: (milliseconds: number) => Promise<void>,
): Promise<Result> => {
  for (const milliseconds of between) {
    try {
      return await task();
    } catch {
      await pause(milliseconds);
    }
  }
  return task();
};
