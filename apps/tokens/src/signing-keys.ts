import { setTimeout as delay } from 'node:timers/promises';
import { textOf } from './text-of.ts';
import { createRemoteJWKSet, customFetch, errors, jwksCache, type ExportedJWKSCache, type JWTVerifyGetKey } from 'jose';

/** The age at which a key set is fetched again, in the background. */
const reloadAgeMs = 10 * 60_000;
/** Minimum milliseconds between two such fetches. */
const reloadPauseMs = 10_000;
/** The age up to which a key set serves while it cannot be fetched again. */
const maxAgeMs = 60 * 60_000;
/** Minimum milliseconds between two fetches for an unknown `kid`, by a clock that nobody sets. */
const cooldownMs = 1000;

/** Bytes. A key has about 2 KB with its certificates. */
const answerBytes = 1_000_000;

export interface SigningKeysOptions {
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

/** The key set cannot be fetched, so the token can be neither accepted nor refused. */
export class KeysUnavailable extends Error {}

/** Finds the key of a token. `load` reads the key set, as the first token does. */
export type SigningKeys = JWTVerifyGetKey & { load(): Promise<void> };

/**
 * The key set of an Authentik provider (RFC 7517), fetched when a token needs it. After a key rotation the first tokens
 * are signed with a key that is not in the cached set. Such a token causes a fetch, or waits until the cooldown is
 * over. Other tokens wait for no fetch, and no outage shorter than 50 minutes affects them.
 * @throws KeysUnavailable, and the errors of jose for a key that the set does not have or that is ambiguous.
 */
export const signingKeys = (url: string, { timeoutMs, fetch = globalThis.fetch }: SigningKeysOptions): SigningKeys => {
  const cache: Partial<ExportedJWKSCache> = {};
  const keySet = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: maxAgeMs,
    // Its own cooldown would last until a clock that was set back has caught up.
    cooldownDuration: Infinity,
    [jwksCache]: cache as ExportedJWKSCache,
    [customFetch]: async (address, init) => {
      fetchedAt = performance.now();
      const response = await fetch(address, init);
      return new Response(await textOf(response, answerBytes), response);
    },
  });
  let fetchedAt = -Infinity;
  let fetching: Promise<void> | undefined;
  const fetchAnew = async (): Promise<void> => {
    await delay(Math.max(0, fetchedAt + cooldownMs - performance.now()));
    await keySet.reload();
  };
  let reloadedAt = 0;
  const reloadIfOld = () => {
    const now = Date.now();
    if (!keySet.fresh || now - cache.uat! < reloadAgeMs || now - reloadedAt < reloadPauseMs) return;
    reloadedAt = now;
    keySet.reload().catch(({ message }: Error) => console.warn(`The last keys of ${url} stay in use: ${message}`));
  };
  const keyOf: JWTVerifyGetKey = async (header, token) => {
    const asked = performance.now();
    try {
      return await keySet(header, token);
    } catch (cause) {
      if (!(cause instanceof errors.JWKSNoMatchingKey) || fetchedAt >= asked) throw cause;
      await (fetching ??= fetchAnew().finally(() => (fetching = undefined)));
      return keySet(header, token);
    }
  };
  const find: JWTVerifyGetKey = async (header, token) => {
    reloadIfOld();
    try {
      return await keyOf(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      throw new KeysUnavailable(`The key set cannot be read: ${(cause as Error).message}`, { cause });
    }
  };
  return Object.assign(find, { load: () => keySet.reload() });
};
