import { expect, test } from 'vitest';
import { exponentOf } from './exponent.ts';

const sizes = [10, 100, 1_000, 10_000];
const growing = (cost: (size: number) => number) => sizes.map((size) => ({ size, cost: cost(size) }));

test.each([
  ['constant', growing(() => 7), 0],
  ['a root', growing((size) => Math.sqrt(size)), 0.5],
  ['linear', growing((size) => 0.003 * size), 1],
  ['quadratic', growing((size) => 2 * size ** 2), 2],
  ['shrinking', growing((size) => 5 / size), -1],
])('%s growth', (_, points, exponent) => {
  expect(exponentOf(points)).toBeCloseTo(exponent, 10);
});

test('noise of a tenth hardly changes it', () => {
  const noise = [1.1, 0.9, 1.1, 0.9];
  const points = growing((size) => size).map(({ size, cost }, index) => ({ size, cost: cost * (noise[index] ?? 1) }));
  expect(exponentOf(points)).toBeCloseTo(1, 1);
});

test('there is none for a single size', () => {
  expect(exponentOf([{ size: 2, cost: 3 }])).toBeNaN();
});
