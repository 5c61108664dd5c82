import { expect, test } from 'vitest';
import { tableOfGrowth } from './series.ts';

/** The cells of the row of a cost that is the size to this power. */
function rowOf(power: number): string[] {
  const points = [10, 100, 1_000].map((size) => ({ size, cost: size ** power }));
  const rows = tableOfGrowth([{ cost: 'ms per call', size: 'sessions', points }]).split('\n');
  const row = rows.find((line) => line.includes('ms per call')) ?? '';
  return row.split('│').map((cell) => cell.trim());
}

test.each([
  ['constant', 0, '0.00', ''],
  ['linear', 1, '1.00', ''],
  ['linear with noise', 1.05, '1.05', ''],
  ['worse', 1.2, '1.20', 'worse than linear'],
  ['quadratic', 2, '2.00', 'worse than linear'],
])('a cost whose growth is %s', (_what, power, exponent, label) => {
  expect(rowOf(power)).toEqual(['', 'ms per call', 'sessions', exponent, label, '']);
});
