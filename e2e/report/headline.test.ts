import { expect, test } from 'vitest';
import { headline } from './headline.ts';

test('a headline that is cut ends with an ellipsis, within its limit', () => {
  expect(headline('Error: 160 of 193 requests failed', undefined, 12)).toBe('160 of 193 …');
});

test('one that fits is whole', () => {
  expect(headline('Error: 160 of 193', undefined, 10)).toBe('160 of 193');
});
