import type { TokenSet } from '../nuxt-oidc-auth/session-entry.ts';

export interface TokenEndpoint {
  url: string;
  clientId: string;
  clientSecret: string;
  /** Milliseconds. */
  timeout: number;
}

/** `rejected`: the refresh token is used, revoked or expired. `unavailable`: Authentik fails or is misconfigured. */
export type RefreshAnswer =
  { outcome: 'refreshed'; tokens: TokenSet } | { outcome: 'rejected' } | { outcome: 'unavailable'; reason: string };

const parse = (text: string): Record<string, unknown> => {
  try {
    // Other values than objects have none of the fields that are read; null alone would throw.
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
};

const textOrNothing = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** An error code for the log; empty when it is malformed (RFC 6749 section 5.2) or longer than 100 characters. */
const errorCode = (value: unknown): string => (typeof value === 'string' && /^[ -~]{1,100}$/.test(value) ? value : '');

/**
 * Requests new tokens (RFC 6749 section 6). Only `invalid_grant` means that the session is over. Authentik responds
 * with 400 to every error, including wrong client credentials, and a proxy in front of it with 502 or 503 while it
 * starts.
 */
export const refreshTokens = async (
  { url, clientId, clientSecret, timeout }: TokenEndpoint,
  refreshToken: string,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<RefreshAnswer> => {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`, accept: 'application/json' },
      body: new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }),
      signal: AbortSignal.timeout(timeout),
      redirect: 'manual',
    });
    const body = parse(await response.text());
    const accessToken = textOrNothing(body['access_token']);
    if (response.ok && accessToken)
      return {
        outcome: 'refreshed',
        tokens: {
          access_token: accessToken,
          refresh_token: textOrNothing(body['refresh_token']),
          id_token: textOrNothing(body['id_token']),
        },
      };
    if (response.status === 400 && body['error'] === 'invalid_grant') return { outcome: 'rejected' };
    return { outcome: 'unavailable', reason: `status ${response.status} ${errorCode(body['error'])}`.trim() };
  } catch (error) {
    return { outcome: 'unavailable', reason: (error as Error).message };
  }
};
