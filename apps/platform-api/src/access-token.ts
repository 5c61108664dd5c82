import { setTimeout as delay } from 'node:timers/promises';
import { decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { KeysUnavailable, signingKeys } from '../../tokens/src/signing-keys.ts';
import { algorithms, clockToleranceSeconds } from '../../tokens/src/verification.ts';
import { ApiError } from './api-error.ts';
import type { Config } from './config.ts';

export interface Caller {
  subject: string;
  username: string;
  name: string | null;
  email: string | null;
  groups: string[];
  /** Slug of the application that the token was issued to. */
  application: string;
}

/** The claims that Authentik's `profile` and `email` scopes add to the token. */
const claims = z.object({
  sub: z.string(),
  azp: z.string(),
  preferred_username: z.string().min(1).optional(),
  name: z.string().optional(),
  email: z.string().optional(),
  groups: z.array(z.string()).default([]),
});

const bearerOf = (authorization: string | undefined): string => {
  const token = /^Bearer +([\w.~+/-]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (token) return token;
  throw new ApiError('missing_token', 'This route needs an access token in the Authorization header, as Bearer.');
};

const issuerIn = (token: string): string | undefined => {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw new ApiError('invalid_token', 'The access token is not a JWT.');
  }
};

const reasonOf = (cause: unknown): string => {
  if (cause instanceof errors.JWTExpired) return 'The access token has expired.';
  if (cause instanceof errors.JWTClaimValidationFailed) return `The claim ${cause.claim} of the access token is wrong.`;
  if (cause instanceof errors.JOSEAlgNotAllowed)
    return 'The access token is signed with an algorithm not accepted here.';
  if (cause instanceof errors.JWSSignatureVerificationFailed) return 'The signature of the access token is wrong.';
  if (cause instanceof errors.JWKSNoMatchingKey)
    return 'The access token is signed with a key its issuer does not have.';
  return 'The access token cannot be verified.';
};

/** Milliseconds. With the timeout of a request this is less than a readiness probe waits. */
const retriedMs = 1000;
const retryPauseMs = 250;

const keysUnavailable = (issuer: string): ApiError =>
  new ApiError(
    'issuer_unavailable',
    `The keys of ${issuer} cannot be read, so no token can be checked; try again shortly.`,
  );

/**
 * Checks the `Authorization` header of a request. The issuer named in the token only selects which keys and which
 * audience verify it, so a token of one application is never accepted as one of another.
 *
 * Throws {@link ApiError}: `missing_token` and `invalid_token` (401), `insufficient_scope` (403, a token without a
 * username), `issuer_unavailable` (503, the key set cannot be fetched).
 */
export const createTokenVerifier = (config: Config, fetch: typeof globalThis.fetch) => {
  const realms = new Map(
    config.realms.map((realm) => [
      realm.issuer,
      // Half, so that a key set and an upstream together stay below the timeout of the apps.
      { ...realm, keys: signingKeys(realm.jwksUrl, { timeoutMs: config.upstreamTimeoutMs / 2, fetch }) },
    ]),
  );

  const unread = new Set(realms.values());
  const readUnread = async (): Promise<void> => {
    const reading = [...unread].map(async (realm) => {
      await realm.keys.load().catch(() => Promise.reject(keysUnavailable(realm.issuer)));
      unread.delete(realm);
    });
    await Promise.all(reading);
  };
  /**
   * Reads the key sets that were not read since the start. Throws `issuer_unavailable` when one cannot be read, after a
   * second: what starts together with Authentik need not wait for the next probe.
   */
  const readKeys = async (): Promise<void> => {
    for (const end = Date.now() + retriedMs; ; await delay(retryPauseMs)) {
      try {
        return await readUnread();
      } catch (cause) {
        if (Date.now() > end) throw cause;
      }
    }
  };

  const authenticate = async (authorization: string | undefined): Promise<Caller> => {
    const token = bearerOf(authorization);
    const realm = realms.get(issuerIn(token) ?? '');
    if (!realm) throw new ApiError('invalid_token', 'The issuer of the access token is not accepted here.');

    const { payload } = await jwtVerify(token, realm.keys, {
      algorithms,
      issuer: realm.issuer,
      audience: realm.slug,
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['exp', 'sub'],
    }).catch((cause: unknown) => {
      if (!(cause instanceof KeysUnavailable)) throw new ApiError('invalid_token', reasonOf(cause));
      throw keysUnavailable(realm.issuer);
    });

    // Only access tokens of Authentik have `azp`. Without this check an ID token would be accepted too.
    const read = claims.safeParse(payload);
    if (!read.success || read.data.azp !== realm.slug)
      throw new ApiError('invalid_token', `The token is not an access token of ${realm.slug}.`);
    const { sub, preferred_username: username, name, email, groups } = read.data;
    if (!username)
      throw new ApiError('insufficient_scope', 'The access token names no user; request the profile scope at sign-in.');
    return { subject: sub, username, name: name ?? null, email: email ?? null, groups, application: realm.slug };
  };
  return Object.assign(authenticate, { readKeys });
};
