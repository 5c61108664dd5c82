import type { JWTVerifyGetKey } from 'jose';
import { signingKeys } from '../../../tokens/src/signing-keys.ts';

const timeoutMs = 4000;

const keySets = new Map<string, JWTVerifyGetKey>();

/** The key set at a URL. All requests share it, and so its cache. */
export const sharedSigningKeys = (url: string): JWTVerifyGetKey => {
  const keys = keySets.get(url) ?? signingKeys(url, { timeoutMs });
  keySets.set(url, keys);
  return keys;
};
