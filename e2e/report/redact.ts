import { escaped } from './html.ts';

const hidden = '[redacted]';
const notHidden = String.raw`(?!\[redacted\])`;
/** As it is in JSON, in a string of JSON, and in a string inside that. */
const quote = String.raw`\\{0,3}"`;
const headers = '(?:set-)?cookie|(?:proxy-)?authorization';

/** The values of headers with credentials, and lists of cookies: in a trace, in an object, and on lines of their own. */
const headerRules: ReadonlyArray<readonly [pattern: RegExp, replacement: string]> = [
  [
    // In JSON, also inside a string of JSON: the value ends at a quote with a delimiter behind it.
    new RegExp(
      `("name${quote}:${quote}(?:${headers})${quote},${quote}value${quote}:${quote})${notHidden}(?:(?!${quote}[,}])[^\\n])+`,
      'gi',
    ),
    `$1${hidden}`,
  ],
  [new RegExp(`("cookies${quote}:\\[)\\{(?:\\[redacted\\]|[^\\]]){0,10000}\\]`, 'g'), '$1]'],
  [
    new RegExp(
      `(\\b(?:${headers})\\\\{0,3}['"]?\\s{0,4}:\\s{0,4}(?:\\[\\s{0,40})?\\\\{0,3}(['"]))${notHidden}(?:(?!\\\\{0,3}\\2)[^\\n])+`,
      'gi',
    ),
    `$1${hidden}`,
  ],
  [
    new RegExp(
      `((?:^|\\\\n|['"])[ \\t]{0,40}(?:[-<>*+] )?(?:${headers}):[ \\t]{0,40})${notHidden}[^\\s'"\\\\][^\\r\\n'"\\\\]*`,
      'gim',
    ),
    `$1${hidden}`,
  ],
];

/** Secrets with a form of their own, which are found anywhere. */
const forms: ReadonlyArray<readonly [kind: string, pattern: RegExp]> = [
  // RFC 7519. One start per run of letters is tried: a later start leads to the same dot.
  ['a JWT', /(?<!eyJ[\w-]{0,64})eyJ[\w-]{8,2000}\.[\w-]{2,}\.[\w-]*/g],
  // Sealed by iron; the asterisks may be percent-encoded.
  ['a sealed cookie', /Fe26\.2(?:\*|%2A)[\w*.~%-]+/gi],
  // RFC 6749 section 4.1.2; one that was not redeemed is still valid.
  ['an authorization code', /(?<=[?&;]code=)[\w-]{16,512}/g],
  ['a generated password', /pw-[0-9a-f]{8}-[0-9a-f-]{27}/g],
];

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** As a form sends it (application/x-www-form-urlencoded). */
const asFormValue = (secret: string): string => new URLSearchParams({ '': secret }).toString().slice(1);

/** How a value may be written: in JSON inside a JSON string, in JSON, in a URL, in a form, in XML, in base64, and plain. */
const spellingsOf = (secret: string): string[] =>
  [
    inJson(inJson(secret)),
    inJson(secret),
    encodeURIComponent(secret),
    asFormValue(secret),
    escaped(secret),
    Buffer.from(secret).toString('base64'),
    secret,
  ].filter(Boolean);

/**
 * Removes known values, the values of headers with credentials, JWTs, sealed cookies and generated passwords from a
 * text. Idempotent.
 * @param secrets values that are hidden wherever they occur.
 */
export function redact(content: string, secrets: readonly string[] = []): string {
  // Known values first: a pattern might remove a part of one, and leave a rest that nobody recognizes.
  // The longest first: one may be a part of another.
  const known = secrets.toSorted((one, other) => other.length - one.length);
  const withoutKnown = known
    .flatMap(spellingsOf)
    .reduce((text, spelling) => text.replaceAll(spelling, hidden), content);
  const withoutForms = forms.reduce((text, [, pattern]) => text.replace(pattern, hidden), withoutKnown);
  return headerRules.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), withoutForms);
}

/** The kinds of secrets that a text contains, each once; never the secrets themselves. */
export const leaksIn = (content: string, secrets: readonly string[] = []): string[] => [
  ...forms.filter(([, pattern]) => content.search(pattern) >= 0).map(([kind]) => kind),
  ...(secrets.flatMap(spellingsOf).some((known) => content.includes(known)) ? ['a secret of this run'] : []),
];
