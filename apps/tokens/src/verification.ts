/**
 * The asymmetric algorithms of an Authentik signing key, RSA or EC. Never HS*: a provider without a key signs with its
 * client secret, and a public key must not pass for an HMAC secret (RFC 8725 section 2.1).
 */
export const algorithms = ['RS256', 'ES256', 'ES384', 'ES512'];

/** How far Authentik's clock may be ahead or behind (docs/decisions/0016-clocks-may-differ.md). */
export const clockToleranceSeconds = 300;
