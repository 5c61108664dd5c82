import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

const timeoutMs = 4000;
/** Shortest time between two fetches for an unknown `kid`: Authentik signs with a new key at once. */
const cooldownMs = 1000;

const keySets = new Map<string, JWTVerifyGetKey>();

/** Authentik's keys at an address, fetched when a token needs them. */
export const signingKeys = (url: string): JWTVerifyGetKey => {
  const known =
    keySets.get(url) ?? createRemoteJWKSet(new URL(url), { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs });
  keySets.set(url, known);
  return known;
};
