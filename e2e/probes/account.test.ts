import { expect, test } from 'vitest';
import { accountIn, secretsOf } from './account.ts';

test('an account is whole or absent', () => {
  expect(accountIn({})).toBeUndefined();
  expect(accountIn({ SMOKE_USERNAME: 'a', SMOKE_PASSWORD: 'b' })).toEqual({ username: 'a', password: 'b' });
  expect(() => accountIn({ SMOKE_USERNAME: 'a' })).toThrow(/SMOKE_PASSWORD is not set/);
  expect(() => accountIn({ SMOKE_PASSWORD: 's3cret' })).not.toThrow(/s3cret/);
});

test('reports hide the account and long header values', () => {
  const headers = { 'x-gate': 'long-enough-to-be-a-key', 'x-lang': 'de' };
  expect(secretsOf({ headers }, { SMOKE_USERNAME: 'a', SMOKE_PASSWORD: 'b' })).toEqual([
    'a',
    'b',
    'long-enough-to-be-a-key',
  ]);
});
