/** What a HAR holds that belongs to a person or opens a session. */
export interface Finding {
  kind: string;
  /** Different values. */
  count: number;
  /** The parts of the recording that have it. */
  where: string[];
}

/** A value of a form, a query or a JSON object with one of these names. */
const field = (names: string): RegExp =>
  new RegExp(`["'?&\\s;{]?\\b(?:${names})["']?\\s*[=:]\\s*["']?([^"'&\\s,;{}<]{1,4096})`, 'gi');

const webToken = /\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g;
const ipNumber = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;

/** What is looked for, and in which texts. The first group, or else all of a match, is the value. */
const kinds: ReadonlyArray<{ kind: string; patterns: readonly RegExp[]; only?: RegExp }> = [
  {
    kind: 'Passwords and one-time codes',
    patterns: [field('pass(?:word|wd|phrase|code)?|pwd|otp|totp|mfa_code')],
    only: /bodies|addresses/,
  },
  {
    kind: 'Tokens and codes',
    patterns: [
      webToken,
      /^(?:proxy-)?authorization: (.+)/gi,
      /^x-(?:api-key|csrf-token|xsrf-token|auth-token): (.+)/gi,
      field(
        'access_token|refresh_token|id_token|id_token_hint|logout_token|client_secret|code|code_verifier|state|nonce|api_?key|csrf_?token',
      ),
    ],
  },
  { kind: 'Cookies', patterns: [/[^=;\s]+=([^;]+)/g], only: /^cookies/ },
  { kind: 'E-mail addresses', patterns: [/[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}/g] },
  {
    kind: 'Names of users',
    patterns: [
      field(
        'user_?name|given_?name|family_?name|preferred_username|nick_?name|first_?name|last_?name|full_?name|display_?name|uid_?field|login_hint',
      ),
    ],
  },
  {
    kind: 'IP addresses',
    patterns: [new RegExp(`\\b(?:${ipNumber}\\.){3}${ipNumber}\\b`, 'g'), /^serverIPAddress: (\S+)/g],
  },
];

/** Texts in which nobody's data are. */
const isCode = (type: unknown): boolean => /javascript|css|^(?:image|font|audio|video)\/|wasm/.test(String(type));

type Json = Readonly<Record<string, unknown>>;
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : []);

/** The texts of an entry of a HAR, by the part that has it. */
function* textsOf(entry: unknown): Generator<[where: string, text: string]> {
  const { request, response, serverIPAddress } = object(entry);
  if (typeof serverIPAddress === 'string') yield ['connections', `serverIPAddress: ${serverIPAddress}`];
  for (const [name, part] of [
    ['requests', object(request)],
    ['responses', object(response)],
  ] as const) {
    for (const address of [part['url'], part['redirectURL']])
      if (typeof address === 'string') yield ['addresses', address];
    for (const { name: header, value } of list(part['headers'])) {
      const isCookie = /^(?:set-)?cookie$/i.test(String(header));
      // Of Set-Cookie the first pair is the cookie.
      const text = /^set-/i.test(String(header)) ? String(value).split(';', 1)[0]! : String(value);
      yield isCookie ? [`cookies of ${name}`, text] : [`headers of ${name}`, `${String(header)}: ${text}`];
    }
    const { text, mimeType, encoding, params } = { ...object(part['postData']), ...object(part['content']) };
    for (const { name: key, value } of list(params)) yield [`bodies of ${name}`, `&${String(key)}=${String(value)}`];
    if (typeof text === 'string' && text !== '' && !isCode(mimeType))
      yield [`bodies of ${name}`, encoding === 'base64' ? decoded(text) : text];
  }
}

/** Of base64, also that of tokens. Empty for anything else. */
function decoded(text: string): string {
  try {
    return new TextDecoder().decode(
      Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (each) => each.charCodeAt(0)),
    );
  } catch {
    return '';
  }
}

/** Every value that was found, by kind, with the parts that have it. */
function valuesIn(entries: readonly unknown[]): Map<string, { values: Set<string>; where: Set<string> }> {
  const found = new Map(kinds.map(({ kind }) => [kind, { values: new Set<string>(), where: new Set<string>() }]));
  const look = (where: string, text: string): void => {
    for (const { kind, patterns, only = /^(?!cookies)/ } of kinds) {
      if (!only.test(where)) continue;
      for (const match of patterns.flatMap((pattern) => [...text.matchAll(pattern)])) {
        found.get(kind)!.values.add(match[1] ?? match[0]);
        found.get(kind)!.where.add(where);
      }
    }
    for (const [token] of text.matchAll(webToken)) look(where, claimsOf(token));
  };
  for (const entry of entries) for (const [where, text] of textsOf(entry)) look(where, text);
  return found;
}

/** The claims of a token, of which one is the name of a person. */
const claimsOf = (token: string): string => decoded(token.split('.')[1]!).replaceAll('"name"', '"full_name"');

/** What is in the entries of a HAR, by kind. */
export const personalDataIn = (entries: readonly unknown[]): Finding[] =>
  [...valuesIn(entries)].flatMap(([kind, { values, where }]) =>
    values.size > 0 ? [{ kind, count: values.size, where: [...where].toSorted() }] : [],
  );

/** Names and addresses of people, in lower case: a part of a path may be one. */
export function namesOfPeople(entries: readonly unknown[]): Set<string> {
  const found = valuesIn(entries);
  const people = ['E-mail addresses', 'Names of users'].flatMap((kind) => [...found.get(kind)!.values]);
  const words = people.flatMap((value) => [value, ...value.replace('%40', '@').split('@', 1)[0]!.split(/[.+_]/)]);
  return new Set(words.map((word) => word.toLowerCase()).filter((word) => word.length > 2));
}
