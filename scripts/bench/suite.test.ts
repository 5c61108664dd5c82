import { expect, test } from 'vitest';
import type { Measured } from './measure-suite.ts';
import { comparison } from './suite.ts';

const measured = (wallSeconds: number, cpuSeconds: Array<[string, number]>): Measured => ({
  wallSeconds: wallSeconds + 5,
  cpuSeconds,
  idleShare: 0,
  peakBytes: 0,
  phases: [
    { name: 'fleets start', start: 0, end: 5_000 },
    { name: 'tests', start: 5_000, end: 5_000 + wallSeconds * 1_000 },
  ],
  bars: [
    { title: 'a', worker: 0, status: 'passed', start: 0, end: 1 },
    { title: 'b', worker: 0, status: 'failed', start: 1, end: 2 },
  ],
});

test('two commits side by side, with a kind of process that only one of them has, without builds', () => {
  const table = comparison(
    measured(20, [['browser', 6]]),
    measured(40, [
      ['browser', 12],
      ['pods', 4],
    ]),
    'v1',
  );
  const rows = table.split('\n').map((line) =>
    line
      .split('│')
      .map((cell) => cell.trim())
      .filter(Boolean),
  );
  expect(rows).toContainEqual(['what', 'v1', 'this', 'ratio']);
  expect(rows).toContainEqual(['passed', '1', '1', '1.00 ×']);
  expect(rows).toContainEqual(['wall seconds', '40.0', '20.0', '0.50 ×']);
  expect(rows).toContainEqual(['CPU seconds', '16.0', '6.0', '0.38 ×']);
  expect(rows).toContainEqual(['pods', '4.0', '0.0', '0.00 ×']);
  expect(rows.flat()).not.toContain('builds');
  expect(rows).toContainEqual(['CPU seconds of a test', '8.00', '3.00', '0.38 ×']);
});
