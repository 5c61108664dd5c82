import {
  decryptToken,
  encryptToken,
  parseJwtToken,
  type EncryptedToken,
} from 'nuxt-oidc-auth/runtime/server/utils/security.js';
import { z } from 'zod';
import { clockToleranceSeconds } from '../../../tokens/src/verification.ts';
import type { TokenSet } from '../authentik/token-endpoint.ts';
import { isSid, namesOf, type SessionClaims } from '../settings/session-keys.ts';

const encrypted: z.ZodType<EncryptedToken> = z.object({ encryptedToken: z.string(), iv: z.string() });

/** What nuxt-oidc-auth 0.18 stores for a session under its id (types.d.ts, PersistentSession). */
const entrySchema = z.object({
  /**
   * Seconds since the epoch at which the access token expires, in plain text. After a refresh it is based on the apps'
   * clock.
   */
  exp: z.number(),
  /** Seconds since the epoch at which the access token was issued. */
  iat: z.number(),
  /** The access token is of a refresh, so that `iat` is by the apps' clock as well. */
  renewed: z.literal(true).exactOptional(),
  accessToken: encrypted,
  refreshToken: encrypted.exactOptional(),
  idToken: encrypted.exactOptional(),
  /** The keys of the session in the index (session-keys.ts), in plain text: they are needed without the token key. */
  names: z.array(z.string()).readonly().exactOptional(),
});

export type SessionEntry = z.output<typeof entrySchema>;

/** Whether a value of the store is an entry. A damaged one must not fail the requests of its browser, also to sign in. */
export const isEntry = (value: unknown): value is SessionEntry => entrySchema.safeParse(value).success;

const key = () => process.env.NUXT_OIDC_TOKEN_KEY!;

export const decrypt = (token: EncryptedToken): Promise<string> => decryptToken(token, key());

/** A decrypted token; undefined when it is missing or cannot be decrypted. */
export const readable = (token: EncryptedToken | undefined): Promise<string | undefined> =>
  token ? decrypt(token).catch(() => undefined) : Promise.resolve(undefined);

/** The claims of an access token of Authentik, which are those of the id token and more (id_token.py). */
export interface AccessClaims {
  sub?: string;
  /** Seconds since the epoch at which the user entered the password, by Authentik's clock. Refreshes keep it. */
  auth_time?: number;
  name?: string;
  email?: string;
  preferred_username?: string;
}

export const accessClaims = (accessToken: string): AccessClaims => parseJwtToken(accessToken) as AccessClaims;

/** The times are seconds since the epoch, by Authentik's clock (OpenID Connect Core section 2). */
const idTokenClaims = (idToken: string) =>
  parseJwtToken(idToken) as SessionClaims & { iat: number; auth_time?: number };

/**
 * Seconds since the epoch at which an access token expires. Of a renewed one only the lifetime is Authentik's; the clock
 * is that of the apps, as far as platform-api tolerates it.
 */
export const expiryOf = (accessToken: string, { iat: renewedAt, renewed }: SessionEntry): number => {
  const { exp = 0, iat = 0 } = parseJwtToken(accessToken);
  return renewed ? Math.min(renewedAt + exp - iat, exp + clockToleranceSeconds) : exp;
};

/**
 * Whether the id token was issued to a client (OpenID Connect Core, section 3.1.3.7). nuxt-oidc-auth checks neither
 * signature nor issuer of a token for another client, and accepts it (oidc.js, callbackEventHandler).
 */
export const isIssuedTo = async ({ idToken }: SessionEntry, clientId: string): Promise<boolean> => {
  const token = await readable(idToken);
  return token !== undefined && [parseJwtToken(token).aud].flat().includes(clientId);
};

/**
 * The entry with the index keys for the claims of its id token. Authentik omits `sid` when it refreshes a session that
 * it has ended, so an existing key is kept.
 */
export const withNames = async (entry: SessionEntry): Promise<SessionEntry & { names: readonly string[] }> => {
  const token = await readable(entry.idToken);
  const names = token === undefined ? [] : namesOf(idTokenClaims(token));
  return { ...entry, names: [...new Set([...(entry.names ?? []), ...names])] };
};

/** Whether an id token can be parsed and has `sid` or `sub`. An entry without them cannot be stored. */
const isNamed = (idToken: string | undefined): idToken is string => {
  try {
    return idToken !== undefined && namesOf(idTokenClaims(idToken)).length > 0;
  } catch {
    return false;
  }
};

/**
 * Whether the session at Authentik was ended, by the id token of a refresh: it has no `sid`, and that session cannot have
 * expired yet. Authentik sends no logout token to an app whose access token has expired.
 * @param lifetime seconds for which a session lasts at Authentik.
 */
export const isEndedAtAuthentik = async (
  entry: SessionEntry,
  { id_token: idToken }: TokenSet,
  lifetime: number,
): Promise<boolean> => {
  if (!isNamed(idToken) || !(await withNames(entry)).names.some(isSid)) return false;
  const { sid, iat, auth_time: signedInAt } = idTokenClaims(idToken);
  return !sid && signedInAt !== undefined && iat - signedInAt < lifetime;
};

/**
 * The entry after a refresh. Fields that Authentik did not send again are kept, most importantly the id token for
 * signing out.
 */
export const withTokens = async (entry: SessionEntry, tokens: TokenSet): Promise<SessionEntry> => {
  const { exp = 0, iat = 0 } = parseJwtToken(tokens.access_token);
  // Based on this machine's clock, which decides when the token is due. Authentik's clock may differ.
  const now = Math.trunc(Date.now() / 1000);
  return {
    ...entry,
    exp: now + exp - iat,
    iat: now,
    renewed: true,
    accessToken: await encryptToken(tokens.access_token, key()),
    ...(tokens.refresh_token && { refreshToken: await encryptToken(tokens.refresh_token, key()) }),
    ...(isNamed(tokens.id_token) && { idToken: await encryptToken(tokens.id_token, key()) }),
  };
};
