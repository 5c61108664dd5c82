/**
 * Query parameters whose values let a reader act as a user or a client (RFC 6749, RFC 7521, RFC 8628, OIDC RP-Initiated
 * Logout 1.0, SAML 2.0, CAS 3.0), or that bind a sign-in in progress (OpenID Connect Core, section 3.1.2.1).
 */
const secretParameters: ReadonlySet<string> = new Set([
  'access_token',
  'assertion',
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'device_code',
  'id_token',
  'id_token_hint',
  'logout_token',
  'nonce',
  'password',
  'refresh_token',
  'samlresponse',
  'state',
  'ticket',
  'token',
  'user_code',
]);

/** Replacement for a value. An absent or empty value stays as it is, so that a test can still see that. */
const redacted = 'REDACTED';

/** The same URL with token-like query values replaced, also inside a nested URL. The rest of the URL is unchanged. */
export function redactUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const pairs = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${pairs.map(redactPair).join('&')}`;
}

function redactPair(pair: string): string {
  const equals = pair.indexOf('=');
  if (equals === -1 || equals === pair.length - 1) return pair;
  const name = pair.slice(0, equals);
  const value = pair.slice(equals + 1);
  if (secretParameters.has(decode(name).toLowerCase())) return `${name}=${redacted}`;
  const inner = decode(value);
  const clean = redactUrl(inner);
  return clean === inner ? pair : `${name}=${encodeURIComponent(clean)}`;
}

/** Without percent-encoding (`%63ode`). A text that cannot be decoded stays unchanged. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
