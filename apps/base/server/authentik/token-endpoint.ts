import { textOf } from '../../../tokens/src/text-of.ts';

/** Authentik's token endpoint for this app. @param timeout milliseconds. */
export const tokenEndpoint = (timeout: number) => {
  const { tokenUrl: url, clientId, clientSecret } = useRuntimeConfig().oidc.providers.oidc;
  return { url, clientId, clientSecret, timeout };
};

type TokenEndpoint = ReturnType<typeof tokenEndpoint>;

/** Sends a form as the client. It follows no redirect: another host must not receive the secret and the token. */
const post = (
  { clientId, clientSecret, timeout }: TokenEndpoint,
  url: string | URL,
  form: Record<string, string>,
  fetch: typeof globalThis.fetch,
): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}`, accept: 'application/json' },
    body: new URLSearchParams({ client_id: clientId, ...form }),
    signal: AbortSignal.timeout(timeout),
    redirect: 'manual',
  });

/** Authentik's response to a refresh. It has no refresh token when the current one stays valid. */
export interface TokenSet {
  access_token: string;
  refresh_token?: string | undefined;
  id_token?: string | undefined;
}

/** `rejected`: the refresh token is used, revoked or expired. `unavailable`: Authentik fails or is misconfigured. */
export type RefreshAnswer =
  | { outcome: 'refreshed'; tokens: TokenSet }
  | { outcome: 'rejected' }
  | { outcome: 'unavailable'; reason: string; retryAfterMs?: number };

/** Bytes. Tokens grow with the groups of a user: of 1,000 groups they have about 100 KB. */
export const tokenBytes = 1_000_000;

/** The fields of a JSON object; none of any other text. */
export const parseObject = (text: string): Record<string, unknown> => {
  try {
    // Other values than objects have none of the fields that are read; null alone would throw.
    return (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    return {};
  }
};

const textOrNothing = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

/** An error code for the log; empty when it is malformed (RFC 6749 section 5.2) or longer than 100 characters. */
export const errorCode = (value: unknown): string =>
  typeof value === 'string' && /^[ -~]{1,100}$/.test(value) ? value : '';

/**
 * Requests new tokens (RFC 6749 section 6). Only `invalid_grant` means that the session is over. Authentik responds
 * with 400 to every error, including wrong client credentials, and a proxy in front of it with 502 or 503 while it
 * starts.
 */
export const refreshTokens = async (
  endpoint: TokenEndpoint,
  refreshToken: string,
  fetch: typeof globalThis.fetch = globalThis.fetch,
): Promise<RefreshAnswer> => {
  try {
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const response = await post(endpoint, endpoint.url, form, fetch);
    const body = parseObject(await textOf(response, tokenBytes));
    const fields = ['access_token', 'refresh_token', 'id_token'];
    const [access_token, refresh_token, id_token] = fields.map((field) => textOrNothing(body[field]));
    if (response.ok && access_token) return { outcome: 'refreshed', tokens: { access_token, refresh_token, id_token } };
    if (response.status === 400 && body['error'] === 'invalid_grant') return { outcome: 'rejected' };
    return {
      outcome: 'unavailable',
      reason: `status ${response.status} ${errorCode(body['error'])}`.trim(),
      // A date, which the header may have as well (RFC 9110 section 10.2.3), is not read.
      retryAfterMs: 1000 * (Number(response.headers.get('retry-after')) || 0),
    };
  } catch (error) {
    return { outcome: 'unavailable', reason: (error as Error).message };
  }
};

/**
 * Revokes a refresh token (RFC 7009 section 2.1). Authentik responds with 200 to an unknown one as well.
 * @throws Error when Authentik does not answer, or with an error.
 */
export const revokeToken = async (
  endpoint: TokenEndpoint,
  refreshToken: string,
  fetch = globalThis.fetch,
): Promise<void> => {
  const form = { token: refreshToken, token_type_hint: 'refresh_token' };
  const { ok, status } = await post(endpoint, new URL('../revoke/', endpoint.url), form, fetch);
  if (!ok) throw new Error(`status ${status}`);
};
