import { gunzipSync, gzipSync, unzipSync, zipSync } from 'fflate';
import { leaksIn, redact, redactRecognizable } from './redact.ts';

const utf8 = { decode: new TextDecoder('utf-8', { fatal: true }), encode: new TextEncoder() };
/** Maximum nesting of archives. A deeper one counts as a leak, because it was not scanned. */
const deepest = 5;

const isZip = (bytes: Uint8Array): boolean => startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]);
const isGzip = (bytes: Uint8Array): boolean => startsWith(bytes, [0x1f, 0x8b, 0x08]);
const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/**
 * The same file without secrets. Texts and archives of texts (zip, gzip, nested) are redacted completely. In other
 * bytes only recognizable secrets are removed. Returns the same bytes when there was nothing to remove.
 */
export function redactBytes(bytes: Uint8Array, secrets: readonly string[] = []): Uint8Array {
  if (isZip(bytes)) return redactZip(bytes, secrets);
  if (isGzip(bytes)) {
    const inner = gunzipSync(bytes);
    const clean = redactBytes(inner, secrets);
    return clean === inner ? bytes : gzipSync(clean);
  }
  const text = textOf(bytes);
  if (text !== undefined) {
    const clean = redactText(text, secrets);
    return clean === text ? bytes : utf8.encode.encode(clean);
  }
  const binary = latin1(bytes);
  const clean = redactRecognizable(binary, secrets);
  return clean === binary ? bytes : Buffer.from(clean, 'latin1');
}

/**
 * The texts of JSON are redacted one by one first: some rules look at the start of a line, and a quoted secret without
 * a closing quote would be removed with all the text after it.
 */
function redactText(text: string, secrets: readonly string[]): string {
  const parsed = parsedJson(text);
  if (!parsed) return redact(text, secrets);
  const before = JSON.stringify(parsed);
  const after = JSON.stringify(parsed, (_, value: unknown) =>
    typeof value === 'string' ? redact(value, secrets) : value,
  );
  return redact(before === after ? text : after, secrets);
}

/** The object or list that a text is. */
function parsedJson(text: string): object | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined;
  }
}

function redactZip(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  let changed = false;
  const entries = Object.entries(unzipSync(bytes)).map(([name, content]) => {
    const clean = [redact(name, secrets), redactBytes(content, secrets)] as const;
    changed ||= clean[0] !== name || clean[1] !== content;
    return clean;
  });
  return changed ? zipSync(Object.fromEntries(entries), { level: 1 }) : bytes;
}

/** The kinds of secrets in a file, in its archives and in its base64 parts; never the secrets themselves. */
export function leaksInBytes(bytes: Uint8Array, secrets: readonly string[] = [], depth = 0): string[] {
  if (depth > deepest) return ['an archive that is too deep to look into'];
  if (isZip(bytes)) {
    const entries = Object.entries(unzipSync(bytes));
    return distinct(
      entries.flatMap(([name, content]) => [...leaksIn(name, secrets), ...leaksInBytes(content, secrets, depth + 1)]),
    );
  }
  if (isGzip(bytes)) return leaksInBytes(gunzipSync(bytes), secrets, depth + 1);
  const text = textOf(bytes) ?? latin1(bytes);
  // Playwright's HTML report is a page with a zip in base64.
  const archives = [...text.matchAll(/\bUEsDB[A-Za-z0-9+/]{40,}={0,2}/g)].map(([run]) => Buffer.from(run, 'base64'));
  return distinct([
    ...leaksIn(text, secrets),
    ...archives.flatMap((archive) => leaksInBytes(archive, secrets, depth + 1)),
  ]);
}

const distinct = (kinds: readonly string[]): string[] => [...new Set(kinds)];
const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode.decode(bytes);
  } catch {
    return undefined; // Not UTF-8: a screenshot or a font.
  }
}
