const hidden = '[redacted]';

/** Query and form parameters that grant something (RFC 6749, OpenID Connect Core and RP-Initiated Logout). */
const parameters =
  'code|state|nonce|code_verifier|id_token_hint|id_token|access_token|refresh_token|client_secret|logout_token|token';

/** In the order in which they are applied: JSON header entries first, since they may hold any of the others. */
const rules: ReadonlyArray<readonly [RegExp, string]> = [
  // HAR-style header and cookie entries of a trace: {"name":"cookie","value":"…"}
  [
    /("name":"(?:cookie|set-cookie|authorization|proxy-authorization|x-authentik-csrf)","value":")(?:[^"\\]|\\.)*"/gi,
    `$1${hidden}"`,
  ],
  [/("name":"(?:nuxt-oidc-auth|oidc|authentik_session|authentik_csrf)","value":")(?:[^"\\]|\\.)*"/g, `$1${hidden}"`],
  // Plain header objects: "cookie":"…"
  [/("(?:cookie|set-cookie|authorization|proxy-authorization)":")(?:[^"\\]|\\.)*"/gi, `$1${hidden}"`],
  // What a page object typed into a password field, and what the flow executor was sent.
  [/("password\\?":\\?")(?:[^"\\]|\\(?!"))*(\\?")/g, `$1${hidden}$2`],
  [new RegExp(`([?&]|%3F|%26|\\b)(${parameters})(=|%3D)[^&"'\\s\\\\<>]+`, 'gi'), `$1$2$3${hidden}`],
  // Whatever else looks like a JWT (RFC 7519) or a sealed cookie.
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, hidden],
  [/\bFe26\.2\*[\w*.~-]+/g, hidden],
  [/\bpw-[0-9a-f-]{36}\b/g, hidden],
];

/**
 * Takes everything that would let a reader act as the user out of a text.
 * @param secrets values that are hidden wherever they stand, as they are or inside JSON or a URL.
 */
export const redact = (content: string, secrets: readonly string[] = []): string =>
  secrets
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
    .reduce(
      (result, secret) => result.replaceAll(secret, hidden),
      rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), content),
    );
