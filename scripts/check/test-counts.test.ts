import { expect, test } from 'vitest';
import { testCounts } from './test-counts.ts';

test('the summary is told apart from the headline above the failures', () => {
  const output = [
    '\u001B[31m⎯⎯⎯⎯⎯⎯⎯\u001B[39m\u001B[1m\u001B[41m Failed Tests 1 \u001B[49m\u001B[22m\u001B[31m⎯⎯⎯⎯⎯⎯⎯\u001B[39m',
    '\u001B[2m Test Files \u001B[22m \u001B[1m\u001B[31m1 failed\u001B[39m\u001B[22m (1)',
    '\u001B[2m      Tests \u001B[22m \u001B[1m\u001B[31m1 failed\u001B[39m\u001B[22m\u001B[2m | \u001B[22m\u001B[1m\u001B[32m996 passed\u001B[39m\u001B[22m\u001B[90m (997)\u001B[39m',
    '\u001B[2m   Start at \u001B[22m 14:52:06',
  ].join('\n');
  expect(testCounts(output)).toBe('Tests  1 failed | 996 passed (997)');
});

test('output without a summary has no counts', () => {
  expect(testCounts('Tests are run by vitest.')).toBeUndefined();
});
