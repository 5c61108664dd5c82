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

/** Inside a JSON string, as a string would be. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The ways in which a value stands in a trace: as it is, in JSON, in JSON that is a string in JSON, in a URL. */
const spellings = (secret: string): string[] =>
  [inJson(inJson(secret)), inJson(secret), encodeURIComponent(secret), secret].filter(Boolean);

/**
 * Takes everything that would let a reader act as the user out of a text.
 * @param secrets values that are hidden wherever they stand.
 */
export const redact = (content: string, secrets: readonly string[] = []): string => {
  // Before the rules, which might take a part of one away and leave the rest unknown.
  const known = secrets.flatMap(spellings).reduce((result, secret) => result.replaceAll(secret, hidden), content);
  return rules.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), known);
};
