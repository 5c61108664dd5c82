import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import { http, HttpResponse, type HttpHandler } from 'msw';

export const authUrl = 'https://auth.dezky.example';
export const issuerOf = (slug: string): string => `${authUrl}/application/o/${slug}/`;

/** Claims of an Authentik access token with the scopes profile and email. */
export const claimsOf = (slug: string, changes: Record<string, unknown> = {}): Record<string, unknown> => {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: issuerOf(slug),
    sub: 'a'.repeat(64),
    aud: slug,
    exp: now + 300,
    iat: now,
    auth_time: now,
    acr: 'goauthentik.io/providers/oauth2/default',
    email: 'olivia@dezky.example',
    name: 'Olivia Operator',
    preferred_username: 'olivia',
    groups: ['dezky-operators'],
    azp: slug,
    uid: 'u1',
    scope: 'openid profile email',
    ...changes,
  };
};

/** A fake of Authentik as issuer: one key, which signs for every application. */
export class Issuer {
  readonly #key: CryptoKey;
  readonly publicJwk: JWK & { kid: string; alg: string };
  /** The number of times that a key set was fetched. */
  fetches = 0;

  private constructor(key: CryptoKey, publicJwk: JWK & { kid: string; alg: string }) {
    this.#key = key;
    this.publicJwk = publicJwk;
  }

  static async create(kid = 'key-1', alg = 'RS256'): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    return new Issuer(privateKey, { ...(await exportJWK(publicKey)), kid, use: 'sig', alg });
  }

  handlers(): HttpHandler[] {
    return [
      http.get(`${authUrl}/application/o/:slug/jwks/`, () => {
        this.fetches += 1;
        return HttpResponse.json({ keys: [this.publicJwk] });
      }),
    ];
  }

  /** @param header may omit `kid`, so that the token does not identify its key. */
  sign(claims: Record<string, unknown>, header: { kid?: string } = { kid: this.publicJwk.kid }): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg: this.publicJwk.alg, typ: 'JWT', ...header }).sign(this.#key);
  }

  /** The Authorization header for a user who is signed in to an application. */
  async authorization(slug: string, changes?: Record<string, unknown>): Promise<string> {
    return `Bearer ${await this.sign(claimsOf(slug, changes))}`;
  }
}
