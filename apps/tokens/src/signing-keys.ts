import { setTimeout as delay } from 'node:timers/promises';
import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from 'jose';

const maxAgeMs = 10 * 60_000;
/** Minimum milliseconds between two fetches for an unknown `kid`. */
const cooldownMs = 1000;

export interface SigningKeysOptions {
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

/** The key set cannot be fetched, so the token can be neither accepted nor refused. */
export class KeysUnavailable extends Error {}

/**
 * The key set of an Authentik provider (RFC 7517), fetched when a token needs it. After a key rotation the first tokens
 * are signed with a key that is not in the cached set. Such a token causes a fetch, or waits until the cooldown is
 * over.
 * @throws KeysUnavailable, and the errors of jose for a key that the set does not have or that is ambiguous.
 */
export const signingKeys = (url: string, { timeoutMs, fetch }: SigningKeysOptions): JWTVerifyGetKey => {
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: maxAgeMs,
    cooldownDuration: cooldownMs,
    ...(fetch && { [customFetch]: fetch }),
  });
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    const { coolingDown } = keySet;
    try {
      return await keySet(header, token);
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey && coolingDown)) throw cause;
      await delay(cooldownMs);
      return keySet(header, token);
    }
  };
  return async (header, token) => {
    try {
      return await keyOf(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new KeysUnavailable(`The key set cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
};
