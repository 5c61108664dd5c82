import {
  decryptToken,
  encryptToken,
  parseJwtToken,
  type EncryptedToken,
} from 'nuxt-oidc-auth/runtime/server/utils/security.js';

/** What nuxt-oidc-auth 0.18 stores for a session under its id (types.d.ts, PersistentSession). */
export interface SessionEntry {
  /** Seconds since the epoch at which the access token expires, in plain text; after a refresh by the clock of the apps. */
  exp: number;
  /** Seconds since the epoch at which it was issued. */
  iat: number;
  accessToken: EncryptedToken;
  refreshToken?: EncryptedToken;
  idToken?: EncryptedToken;
}

/** What Authentik's token endpoint answers to a refresh; it leaves out a refresh token that is still to be used. */
export interface TokenSet {
  access_token: string;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
}

const key = () => process.env.NUXT_OIDC_TOKEN_KEY!;

export const decrypt = (token: EncryptedToken): Promise<string> => decryptToken(token, key());

/** A token, or undefined when there is none or it cannot be decrypted. */
export const readable = (token: EncryptedToken | undefined): Promise<string | undefined> =>
  token ? decrypt(token).catch(() => undefined) : Promise.resolve(undefined);

/** Whether this process has the key of an entry's tokens; false while the key is being changed and some pods have the other. */
export const isReadable = ({ accessToken }: SessionEntry): Promise<boolean> =>
  readable(accessToken).then((token) => token !== undefined);

/** Seconds since the epoch at which a JWT expires. */
export const expiryOf = (jwt: string): number => parseJwtToken(jwt).exp ?? 0;

/**
 * Whether the id token was issued to a client (OpenID Connect Core, section 3.1.3.7). nuxt-oidc-auth checks neither
 * signature nor issuer of tokens that name another (oidc.js, callbackEventHandler), and takes them all the same.
 */
export const isIssuedTo = async ({ idToken }: SessionEntry, clientId: string): Promise<boolean> => {
  const token = await readable(idToken);
  return token !== undefined && [parseJwtToken(token).aud].flat().includes(clientId);
};

/** The entry after a refresh: what Authentik did not send again stays, the id token for signing out above all. */
export const withTokens = async (entry: SessionEntry, tokens: TokenSet): Promise<SessionEntry> => {
  const { exp = 0, iat = 0 } = parseJwtToken(tokens.access_token);
  // By this machine's clock, which decides when the token is due. Authentik's clock may differ.
  const now = Math.trunc(Date.now() / 1000);
  return {
    ...entry,
    exp: now + exp - iat,
    iat: now,
    accessToken: await encryptToken(tokens.access_token, key()),
    ...(tokens.refresh_token && { refreshToken: await encryptToken(tokens.refresh_token, key()) }),
    ...(tokens.id_token && { idToken: await encryptToken(tokens.id_token, key()) }),
  };
};
