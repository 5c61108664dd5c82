import { stripVTControlCharacters } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { runChecks } from './checks.ts';

afterEach(() => vi.restoreAllMocks());

test('the gate passes when every check does, and a check that fails prints its output', async () => {
  const lines: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(stripVTControlCharacters(line)));
  expect(await runChecks([['types', 'true']])).toBe(true);
  expect(
    await runChecks([
      ['types', 'true'],
      ['lint', 'echo why; false'],
    ]),
  ).toBe(false);
  expect(lines.join('\n')).toMatch(/✗ lint +\d[^]*\nwhy\n1 of 2 passed/);
});

test('what is shown after the checks does not change the result', async () => {
  const print = vi.spyOn(console, 'log').mockImplementation(() => {});
  const throwing = vi.fn(() => {
    throw new Error('git does not know this folder');
  });
  expect(await runChecks([['types', 'true']], throwing)).toBe(true);
  expect(throwing).toHaveBeenCalledAfter(print);
  expect(await runChecks([['types', 'true']], () => false)).toBe(true);
});
