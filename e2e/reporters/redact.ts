import { secretParameters } from '../../fleet/edge/redact.ts';

const hidden = '[redacted]';

const parameters = [...secretParameters].join('|');
const fields =
  'password|access_token|refresh_token|id_token_hint|id_token|client_secret|clientSecret|client_assertion|code_verifier|device_code|user_code|logout_token';
/** Fields that contain a secret in a response of a sign-in, and an ordinary word in most others. */
const sometimes = 'assertion|code|key|nonce|SAMLResponse|session_state|state|ticket';
/** A mix of letters and digits as in random values or base64. Names of errors or states have no digits. */
const random = '(?=[^\'"\\\\]{0,200}[a-z])(?=[^\'"\\\\]{0,200}\\d)[\\w.~+/=-]{16,}';
const headers = '(?:[\\w-]{1,40}-)?cookie|authorization|proxy-authorization|x-authentik-csrf';

const shown = '(?!\\[redacted\\])';
/** The start of an object's field. A label in a sentence, or a line of source with its line number, does not match. */
const fieldBegins = '(?:^|[{,([+>-]|\\\\n)[ \\t]{0,40}';
/** A template in source code is not a value, because its values are elsewhere. */
const noTemplate = '(?!(?<=`)[^`\\n]{0,400}\\$\\{)';
const fieldSeparator = '(?::[ \\t]{0,4}|[ \\t]=>[ \\t])';
/**
 * The text before a header's value, on its own line (in JSON after an escaped line end) or in the output of
 * `util.inspect`.
 */
const headerBegins = (name: string): string =>
  `(?:\\b|(?<=\\\\[nrt]))(?:${name})\\\\{0,3}['"]?\\s{0,4}:\\s{0,4}(?:\\[\\s{0,40})?\\\\{0,3}['"]?`;
const scheme = '(?:Bearer|Basic|DPoP|Digest)\\s{1,4}';
/** A curl command up to the value of its option for credentials. */
const curlUser = '\\bcurl\\b(?:(?!\\bcurl\\b)[^\\n]){0,500}?\\s(?:-[a-zA-Z]{0,5}[uU]|--(?:proxy-)?user)[ =]?';
const sessionCookie = '(?:authentik_(?:session|csrf)|nuxt-oidc-auth(?:\\.\\d{1,2})?)(?:=|%3D)';
const cookies = `[^\\s=;:,'"\`\\\\[\\]<>(){}$]{1,200}=[^\\s;,'"\`\\\\<>]*(?:;[^;'"\`\\\\\\n<>]*)*`;

/** A character that is not an ASCII letter or digit: plain, percent-encoded, or escaped as in JSON. */
const spelt = (character: string): string => {
  const code = character.charCodeAt(0).toString(16);
  return `(?:\\${character}|%(?:25)*${code}|\\\\{1,4}u00${code})`;
};
const escaped = '\\\\{1,4}u00[0-9a-f]{2}';

interface Rule {
  /** What it redacts, for a reader. */
  kind: string;
  pattern: RegExp;
  replacement: string;
  /** Is recognizable anywhere. A match after a run is a leak. */
  recognizable?: true;
}

/** Applied in this order: JSON header entries first, because they may contain any of the others. */
const rules: readonly Rule[] = [
  {
    // HAR-style header and cookie entries of a trace: {"name":"cookie","value":"…"}
    kind: 'a header with credentials',
    pattern:
      /("name":"(?:(?:[\w-]{1,40}-)?cookie|authorization|proxy-authorization|x-authentik-csrf)","value":")(?!\[redacted\])(?:[^"\\]|\\.)+"/gi,
    replacement: `$1${hidden}"`,
    recognizable: true,
  },
  {
    kind: 'a cookie of a session',
    pattern:
      /("name":"(?:(?:__Host-)?(?:nuxt-oidc-auth|oidc)|authentik_session|authentik_csrf)","value":")(?!\[redacted\])(?:[^"\\]|\\.)+"/g,
    replacement: `$1${hidden}"`,
    recognizable: true,
  },
  {
    // Plain header objects: "cookie":"…"
    kind: 'a header with credentials',
    pattern: new RegExp(`("(?:${headers})":")${shown}(?:[^"\\\\]|\\\\.)+"`, 'gi'),
    replacement: `$1${hidden}"`,
  },
  {
    // Long enough not to match a word of a sentence.
    kind: 'a header with credentials',
    pattern: new RegExp(`(${headerBegins('(?:proxy-)?authorization')}${scheme})${shown}[\\w.~+/=-]{16,}`, 'gi'),
    replacement: `$1${hidden}`,
    recognizable: true,
  },
  {
    kind: 'a header with credentials',
    pattern: new RegExp(`(${headerBegins('(?:proxy-)?authorization')}${scheme})${shown}[\\w.~+/=-]+`, 'gi'),
    replacement: `$1${hidden}`,
  },
  {
    kind: 'a cookie of a session',
    pattern: new RegExp(`(${sessionCookie})${shown}[\\w.~%*+/=-]{16,}`, 'gi'),
    replacement: `$1${hidden}`,
    recognizable: true,
  },
  {
    kind: 'a header with credentials',
    pattern: new RegExp(
      `(${headerBegins('(?:set-)?cookie')})${shown}${cookies}(?:\\\\{0,3}['"]\\s{0,4},\\s{0,40}\\\\{0,3}['"]${cookies})*`,
      'gi',
    ),
    replacement: `$1${hidden}`,
  },
  {
    kind: 'a cookie of a session',
    pattern: new RegExp(`(${sessionCookie})${shown}[^\\s;,'"\\\\<>&$]+`, 'gi'),
    replacement: `$1${hidden}`,
  },
  {
    // Values that a page object typed into a password field, requests to the flow executor, and token endpoint
    // responses.
    kind: 'a field with credentials',
    pattern: new RegExp(`("(?:${fields})\\\\?":\\s*\\\\?")(?!\\[redacted\\])(?:[^"\\\\]|\\\\(?!"))+(\\\\?")`, 'g'),
    replacement: `$1${hidden}$2`,
  },
  {
    kind: 'a field with credentials',
    pattern: new RegExp(`(['"]?\\b(?:${sometimes})\\\\{0,3}['"]?:\\s?\\\\{0,3}['"])${random}(?=\\\\{0,3}['"])`, 'g'),
    replacement: `$1${hidden}`,
  },
  {
    // Output of `util.inspect` for an object, and quoted values in YAML.
    kind: 'a field with credentials',
    pattern: new RegExp(
      `(${fieldBegins}(?:(?:${fields}|${headers})|'(?:${fields}|${headers})'|"(?:${fields}|${headers})")${fieldSeparator}(['"\`]))` +
        `${shown}${noTemplate}(?:(?!\\2)[^\\\\\\n]|\\\\[^\\n])+`,
      'gim',
    ),
    replacement: `$1${hidden}`,
  },
  {
    // The same inside a string of JSON.
    kind: 'a field with credentials',
    pattern: new RegExp(
      `(${fieldBegins}(?:${fields}|${headers})${fieldSeparator}\\\\{1,7}(['"]))` +
        `${shown}(?:(?!\\2)[^\\\\\\n]|\\\\(?!\\\\{0,7}\\2))+`,
      'gim',
    ),
    replacement: `$1${hidden}`,
  },
  {
    // A line of YAML whose value is one word. A sentence has more words, and a line of source ends with a comma or
    // semicolon.
    kind: 'a field with credentials',
    pattern: new RegExp(
      `((?:^|\\\\n)[ \\t]{0,40}(?:[-+] {1,40})?(?:${fields}|x-authentik-csrf):[ \\t]{1,4})` +
        `(?!(?:undefined|null|true|false)\\b)[^\\s"'\`\\\\,;(){}[\\]<>|&*!?%@#][^\\s"\\\\,;(){}[\\]<>]{0,8000}` +
        `(?=[ \\t]{0,40}(?:#|$|"|\\\\[nr]))`,
      'gm',
    ),
    replacement: `$1${hidden}`,
  },
  {
    kind: 'a parameter with credentials',
    pattern: new RegExp(
      `([?&]|%(?:25)*3F|%(?:25)*26|\\b|(?<=\\\\[nrt]))(${parameters})(=|%(?:25)*3D)(?!\\[redacted\\])[^&"'\\s\\\\<>]+`,
      'gi',
    ),
    replacement: `$1$2$3${hidden}`,
  },
  {
    // RFC 3986, section 3.2.1. A value in braces is a template, whose values are elsewhere.
    kind: 'credentials in a URL',
    pattern: new RegExp(
      `(\\b[a-z][a-z\\d+.-]{1,20}://[^\\s/?#@:'"\`<>\\\\]{0,200}:)${shown}[^\\s/?#@'"\`<>\\\\{}]{1,400}(?=@)`,
      'gi',
    ),
    replacement: `$1${hidden}`,
  },
  {
    kind: 'credentials of curl',
    pattern: new RegExp(`(${curlUser}[^\\s:'"\\\\]{1,200}:)${shown}[^\\s'"\\\\]+`, 'g'),
    replacement: `$1${hidden}`,
  },
  {
    kind: 'credentials of curl',
    pattern: new RegExp(`(${curlUser}\\\\{0,3}(['"])[^:'"\\\\\\n]{1,200}:)${shown}(?:(?!\\2)[^\\\\\\n])+`, 'g'),
    replacement: `$1${hidden}`,
  },
  {
    // RFC 7519; dots may be encoded. Without a word boundary, because in JSON the n of an escaped line end is in front
    // of it. Only one start per run of letters is tried, because a later start leads to the same dot.
    kind: 'a JWT',
    pattern: new RegExp(`(?<!eyJ[\\w-]{0,64})eyJ[\\w-]{8,2000}${spelt('.')}[\\w-]{2,}${spelt('.')}[\\w-]*`, 'gi'),
    replacement: hidden,
    recognizable: true,
  },
  {
    // Values sealed by iron (`Fe26.2*…`).
    kind: 'a sealed cookie',
    pattern: new RegExp(`Fe26${spelt('.')}2${spelt('*')}(?:[\\w*.~%-]|${escaped})+`, 'gi'),
    replacement: hidden,
    recognizable: true,
  },
  { kind: 'a generated password', pattern: /pw-[0-9a-f]{8}-[0-9a-f-]{27}/g, replacement: hidden, recognizable: true },
  {
    kind: 'a private key',
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\w+/=\s\\]+-----END [A-Z ]*PRIVATE KEY-----/g,
    replacement: hidden,
    recognizable: true,
  },
];

const recognizable = rules.filter((rule) => rule.recognizable);
const knownKind = 'a secret of this run';

/** Shortest run of base64 that can contain a token, and how often one may be wrapped in another. */
const base64Run = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
/** Lines of base64 as MIME wraps them (RFC 2045, 6.8), also inside a JSON string. */
const wrappedBase64 = /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{40,76}(?:\r?\n|\\r\\n|\\n))+[A-Za-z0-9+/]+={0,2}/g;
const percentRun = /(?<![\w.~*+%-])[\w.~*+%-]*%[0-9A-Fa-f]{2}[\w.~*+%-]*/g;
const deepest = 3;

/** The form of a string inside another JSON string. */
const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
const inXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const spelled = new WeakMap<readonly string[], string[]>();

/** The forms of a value in a report: plain, in JSON, in JSON inside a JSON string, in a URL, in XML. */
function spellings(secrets: readonly string[]): string[] {
  const known = spelled.get(secrets);
  if (known) return known;
  const made = secrets.flatMap((secret) =>
    [inJson(inJson(secret)), inJson(secret), encodeURIComponent(secret), inXml(secret), secret].filter(Boolean),
  );
  spelled.set(secrets, [...new Set(made)]);
  return made;
}

/**
 * Removes everything from a text that would let a reader act as the user, also in base64 or percent-encoding.
 * Idempotent. It does not detect a JWT that is split over lines, UTF-16, hex, or base64 nested more than three levels.
 * @param secrets values that are hidden wherever they occur.
 */
export const redact = (content: string, secrets: readonly string[] = []): string =>
  redactEncoded(apply(rules, withoutKnown(content, secrets)), secrets);

/** Removes only secrets with a recognizable form: for bytes that are not text, and for text that was not redacted. */
export const redactRecognizable = (content: string, secrets: readonly string[] = []): string =>
  redactEncoded(apply(recognizable, withoutKnown(content, secrets)), secrets);

/** The kinds of secrets that a text still contains, each once; never the secrets themselves. */
export function leaksIn(content: string, secrets: readonly string[] = [], depth = 0): string[] {
  const kinds = new Set(recognizable.flatMap(({ kind, pattern }) => (content.search(pattern) >= 0 ? [kind] : [])));
  if (spellings(secrets).some((spelling) => content.includes(spelling))) kinds.add(knownKind);
  if (depth < deepest) {
    for (const { text, how } of decodedRuns(content)) {
      for (const kind of leaksIn(text, secrets, depth + 1)) kinds.add(how === '' ? kind : `${kind} (${how})`);
    }
  }
  return [...kinds];
}

const apply = (some: readonly Rule[], content: string): string =>
  some.reduce((result, { pattern, replacement }) => result.replace(pattern, replacement), content);

/** Applied before the rules, because a rule might remove only a part of a secret and leave the rest unrecognized. */
const withoutKnown = (content: string, secrets: readonly string[]): string =>
  spellings(secrets).reduce((result, secret) => result.replaceAll(secret, hidden), content);

function redactEncoded(content: string, secrets: readonly string[]): string {
  const leaky = (run: string): boolean => decodings(run).some(({ text }) => leaksIn(text, secrets, 1).length > 0);
  const clean = (run: string): string => (leaky(run) ? hidden : run);
  return [percentRun, wrappedBase64, base64Run].reduce((result, run) => result.replace(run, clean), content);
}

interface Decoding {
  text: string;
  how: string;
}

function* decodedRuns(content: string): Generator<Decoding> {
  for (const pattern of [percentRun, wrappedBase64, base64Run]) {
    for (const [run] of content.matchAll(pattern)) yield* decodings(run);
  }
}

function decodings(run: string): Decoding[] {
  if (run.includes('%')) {
    try {
      const text = decodeURIComponent(run);
      return text === run ? [] : [{ text, how: 'percent-encoded' }];
    } catch {
      return [];
    }
  }
  const joined = run.replaceAll(/\r?\n|\\r\\n|\\n/g, '');
  // The character in front of it (a slash of a path, a letter of an escape) may not be part of it.
  return [0, 1, 2, 3].map((offset) => ({
    text: Buffer.from(joined.slice(offset), 'base64').toString('latin1'),
    how: 'base64',
  }));
}
