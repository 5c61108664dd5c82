import { setTimeout as delay } from 'node:timers/promises';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';

const timeoutMs = 4000;
/** Shortest time between two fetches for an unknown `kid`. A token with one waits for the next fetch. */
const cooldownMs = 1000;

const keySets = new Map<string, JWTVerifyGetKey>();

/** Authentik's keys at an address, fetched when a token needs them. */
export const signingKeys = (url: string): JWTVerifyGetKey => {
  const known = keySets.get(url) ?? keysAt(new URL(url));
  keySets.set(url, known);
  return known;
};

const keysAt = (url: URL): JWTVerifyGetKey => {
  const keys = createRemoteJWKSet(url, { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs });
  return async (header, token) => {
    const fetchedJustNow = keys.coolingDown;
    return keys(header, token).catch(async (cause: unknown) => {
      // Authentik signs with a new key at once, and whoever sends tokens with unknown keys must not keep that one out.
      if (!fetchedJustNow || !(cause instanceof errors.JWKSNoMatchingKey)) throw cause;
      await delay(cooldownMs);
      return keys(header, token);
    });
  };
};
