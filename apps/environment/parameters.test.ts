import { expect, test } from 'vitest';
import { hasTooManyParameters } from './parameters.ts';

test('a request target has at most 100 parameters', () => {
  expect(hasTooManyParameters('/users')).toBe(false);
  expect(hasTooManyParameters(`/users?${'a&'.repeat(99)}b`)).toBe(false);
  expect(hasTooManyParameters(`/users?${'a&'.repeat(100)}b`)).toBe(true);
});
