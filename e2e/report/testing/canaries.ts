/** Secrets of every kind, each unique, so that a report shows which one leaked. */
export const canaries = {
  jwt: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ',
  sealed: 'Fe26.2**0bd2c6a4c4f7*9yX_zCanary*abc-DEF-canary*1700000000*hash-of-canary*mac~2',
  generated: 'pw-123e4567-e89b-12d3-a456-426614174000',
  /** Has no recognizable form. It can only be hidden by its value. */
  known: 'correct "horse" & battery (staple)!',
  /** Has no recognizable form. It can only be hidden as the value of a header. */
  header: 'opaque-value-of-the-canary-in-a-header',
} as const;

/** A secret in a form that may occur in an output. */
export const spellingsOf = (secret: string): Record<string, string> => ({
  plain: secret,
  'as JSON': JSON.stringify(secret).slice(1, -1),
  'percent-encoded': encodeURIComponent(secret),
  'in a form': new URLSearchParams({ '': secret }).toString().slice(1),
  ...(secret === canaries.known ? { base64: Buffer.from(secret).toString('base64') } : {}),
});

/** Headers with a secret, as they occur in logs, in traces and in error messages. */
export const headersWith = (secret: string): string[] => [
  `> Cookie: sid=${secret}; theme=dark`,
  `  - authorization: Bearer ${secret}`,
  `set-cookie: sid=${secret}; Path=/`,
  `{ cookie: 'sid=${secret}' }`,
  `{ 'set-cookie': [ 'sid=${secret}; Path=/' ] }`,
  `{"authorization":"Basic ${secret}"}`,
  `{"name":"Set-Cookie","value":"sid=${secret}; note=\\"x\\""}`,
  `{"cookies":[{"name":"sid","value":"${secret}"}]}`,
  `curl -H 'authorization: Bearer ${secret}' https://app.example/`,
  JSON.stringify({ log: `GET /me\ncookie: sid=${secret}\n` }),
];

export const everything = (): string => {
  const { header, ...others } = canaries;
  return [
    ...Object.values(others).flatMap((secret) => Object.values(spellingsOf(secret))),
    ...headersWith(header),
  ].join('\n');
};
