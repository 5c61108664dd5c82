import { createRemoteJWKSet } from 'jose';
import { expect, test, vi } from 'vitest';
import { signingKeys } from './signing-keys.ts';

vi.mock('jose', () => ({ createRemoteJWKSet: vi.fn(() => () => {}) }));

test('the keys of an address are one set, which is read again for an unknown key after a second', () => {
  const keys = signingKeys('https://auth.example/one/');
  expect(signingKeys('https://auth.example/one/')).toBe(keys);
  expect(signingKeys('https://auth.example/two/')).not.toBe(keys);
  const options = { timeoutDuration: 4000, cooldownDuration: 1000 };
  expect(vi.mocked(createRemoteJWKSet).mock.calls).toEqual([
    [new URL('https://auth.example/one/'), options],
    [new URL('https://auth.example/two/'), options],
  ]);
});
