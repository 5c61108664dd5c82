import { expect, test } from 'vitest';
import { thenUndo } from './then-undo.ts';

const fails = (message: string) => () => Promise.reject(new Error(message));
const ends = () => Promise.resolve();

test('the assertion is thrown, and names a tear-down that fails as well; without it the tear-down is', async () => {
  let undone = 0;
  const undo = () => Promise.resolve((undone += 1));
  await expect(thenUndo(fails('assertion'), fails('tear-down'))).rejects.toThrow(
    /^assertion\n\nWhat it had changed could not be undone: tear-down$/,
  );
  await expect(thenUndo(ends, fails('tear-down'))).rejects.toThrow('tear-down');
  await expect(thenUndo(fails('assertion'), undo)).rejects.toThrow('assertion');
  await thenUndo(ends, undo);
  expect(undone).toBe(2);
});
