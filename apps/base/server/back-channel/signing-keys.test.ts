import { expect, test } from 'vitest';
import { sharedSigningKeys } from './signing-keys.ts';

test('an address has one key set', () => {
  const keys = sharedSigningKeys('https://auth.example/jwks/');
  expect(sharedSigningKeys('https://auth.example/jwks/')).toBe(keys);
  expect(sharedSigningKeys('https://auth.example/other/jwks/')).not.toBe(keys);
});
