import { existsSync, globSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync, gzipSync, unzipSync, zipSync } from 'fflate';
import { HarnessError } from '../../fleet/errors.ts';
import { leaksIn, redact } from './redact.ts';

/**
 * The same file with every text in it changed, also in archives: zip, gzip, and the zip in Playwright's HTML report.
 * Returns the same bytes when nothing changed.
 * @param change gets bytes as Latin-1, so that it works on binary files as well.
 * @throws for a broken archive.
 */
function withTexts(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04])) {
    const entries = Object.entries(unzipSync(bytes));
    const changed = entries.map(([name, content]) => [change(name), withTexts(content, change)] as const);
    const isSame = changed.every(
      ([name, content], index) => name === entries[index]?.[0] && content === entries[index][1],
    );
    return isSame ? bytes : zipSync(Object.fromEntries(changed), { level: 1 });
  }
  if (startsWith(bytes, [0x1f, 0x8b, 0x08])) {
    const inner = gunzipSync(bytes);
    const changed = withTexts(inner, change);
    return changed === inner ? bytes : gzipSync(changed);
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  const changed = change(text).replaceAll(/\bUEsDB[A-Za-z0-9+/]{40,}={0,2}/g, (archive) =>
    Buffer.from(withTexts(Buffer.from(archive, 'base64'), change)).toString('base64'),
  );
  return changed === text ? bytes : Buffer.from(changed, 'latin1');
}

const startsWith = (bytes: Uint8Array, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[index] === byte);

/** Values as they are in a file that is read as Latin-1, and, for what is encoded in ASCII, as they are. */
const asLatin1 = (secrets: readonly string[]): string[] => [
  ...new Set(secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('latin1')])),
];

/** The same file without secrets. Returns the same bytes when there was nothing to remove. */
export function redactBytes(bytes: Uint8Array, secrets: readonly string[] = []): Uint8Array {
  const known = asLatin1(secrets);
  return withTexts(bytes, (text) => redact(text, known));
}

interface Leak {
  /** Relative to the folder; secrets in the name itself are removed. */
  file: string;
  kinds: string[];
}

/**
 * The last step of a run that writes reports: searches all of them for secrets. A file with a secret is removed. A file
 * that cannot be read is removed too; that is reported but is not a failure.
 * @param secrets values that no report may contain.
 * @throws HarnessError that names each file and the kind of secret in it, never the secret itself.
 */
export function scanReports(folder: string, secrets: readonly string[]): void {
  removeUnfinished(folder);
  const leaks = filesBelow(folder).flatMap((path) => leakOf(path, folder, secrets) ?? []);
  if (leaks.length === 0) return;
  throw new HarnessError(
    `The reports held secrets. These files of ${folder} were removed:\n` +
      leaks.map(({ file, kinds }) => `  ${file}: ${kinds.join(', ')}\n`).join('') +
      'Find out how it came there, and let e2e/report/redact-reporter.ts take it out.',
  );
}

function leakOf(path: string, folder: string, secrets: readonly string[]): Leak | undefined {
  const name = relative(folder, path);
  const file = redact(name, secrets);
  const kinds = new Set(leaksIn(name, secrets));
  const known = asLatin1(secrets);
  try {
    withTexts(readFileSync(path), (text) => {
      for (const kind of leaksIn(text, known)) kinds.add(kind);
      return text;
    });
    if (kinds.size === 0) return undefined;
  } catch (error) {
    const why = redact((error as Error).message, secrets);
    process.stderr.write(`${file} of ${folder} cannot be looked into (${why}), and was removed.\n`);
  }
  rmSync(path, { force: true });
  return kinds.size > 0 ? { file, kinds: [...kinds] } : undefined;
}

/** Playwright's work files, which it removes unless it is interrupted. They are not reports, and may be incomplete. */
function removeUnfinished(folder: string): void {
  for (const name of globSync('**/.playwright-artifacts-*', { cwd: folder }))
    rmSync(join(folder, name), { recursive: true, force: true });
}

/** The paths of all files of a folder; none without it. */
export const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true, recursive: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name))
    : [];
