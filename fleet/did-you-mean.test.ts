import { expect, test } from 'vitest';
import { didYouMean, nearest } from './did-you-mean.ts';

const names = ['memory-sessions', 'http-sign-out', 'operator-b7c-x2f', 'operator-b7c-k9d', 'portal-5fd-w8z'];

test.each([
  ['memroy-sessions', ['memory-sessions']],
  ['operatr', ['operator-b7c-x2f', 'operator-b7c-k9d']],
  ['memory', ['memory-sessions']],
  ['zebra', []],
  ['', []],
  ['m', []],
])('%s may mean %j', (wrong, expected) => {
  expect(nearest(wrong, names)).toEqual(expected);
});

test('an unknown name is answered with the near ones, or with all, or with the command that lists them', () => {
  expect(didYouMean('operatr', names)).toBe('Did you mean operator-b7c-x2f or operator-b7c-k9d?');
  expect(didYouMean('zebra', ['a', 'b'])).toBe('There are: a, b.');
  const many = Array.from({ length: 20 }, (_, index) => `name-${index}`);
  expect(didYouMean('zebra', many, 'npm run prove -- --list')).toBe('See: npm run prove -- --list');
});
