import { expect, test } from 'vitest';
import { runIn } from './run-option.ts';

test.each([
  ['neither names a run', undefined, {}, undefined],
  ['the argument', 'look', {}, 'look'],
  ['the option', undefined, { run: 'look' }, 'look'],
  ['both, and the same', 'look', { run: 'look' }, 'look'],
])('%s', (_what, argument, option, run) => {
  expect(runIn(argument, option)).toBe(run);
});

test('two runs are refused', () => {
  expect(() => runIn('look', { run: 'other' })).toThrow('look and --run other are two runs. Name one.');
});
