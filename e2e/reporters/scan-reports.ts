import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import type { Dirent } from 'node:fs';
import { join, relative } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { leaksInBytes } from './redact-bytes.ts';
import { leaksIn, redact } from './redact.ts';

interface Leak {
  /** Relative to the folder; secrets in the name itself are removed. */
  file: string;
  kinds: string[];
}

/**
 * The last step of a run that writes reports: searches all of them for secrets, archives and base64 included. A file
 * with a secret is removed. A file that cannot be read is removed too; that is reported but is not a failure.
 * @param secrets values that no report may contain, in addition to everything that looks like a secret.
 * @throws HarnessError that names each file and the kind of secret in it, never the secret itself.
 */
export function scanReports(folder: string, secrets: readonly string[]): void {
  removeUnfinished(folder);
  const leaks: Leak[] = [];
  for (const path of filesBelow(folder)) {
    const name = relative(folder, path);
    const file = redact(name, secrets);
    const content = contentLeaks(path, secrets);
    const isClosed = content instanceof Error;
    const kinds = [...new Set([...leaksIn(name, secrets), ...(isClosed ? [] : content)])];
    if (isClosed || kinds.length > 0) rmSync(path, { force: true });
    if (kinds.length > 0) leaks.push({ file, kinds });
    if (isClosed) {
      const why = redact(content.message, secrets);
      process.stderr.write(`${file} of ${folder} cannot be looked into (${why}), and was removed.\n`);
    }
  }
  if (leaks.length > 0) throw leakError(folder, leaks);
}

/** Playwright's work files, which it removes unless it is interrupted. They are not reports, and may be incomplete. */
function removeUnfinished(folder: string): void {
  for (const entry of entriesBelow(folder)) {
    if (entry.isDirectory() && entry.name.startsWith('.playwright-artifacts-')) {
      rmSync(join(entry.parentPath, entry.name), { recursive: true, force: true });
    }
  }
}

const leakError = (folder: string, leaks: readonly Leak[]): HarnessError =>
  new HarnessError(
    `The reports held secrets. These files of ${folder} were removed:\n` +
      leaks.map(({ file, kinds }) => `  ${file}: ${kinds.join(', ')}\n`).join('') +
      'Find out how it came there, and let e2e/reporters/redact-reports.ts take it out.',
  );

/** The kinds of secret in a file; an error when the file cannot be scanned, such as a broken archive. */
function contentLeaks(path: string, secrets: readonly string[]): string[] | Error {
  try {
    return leaksInBytes(readFileSync(path), secrets);
  } catch (error) {
    return error as Error;
  }
}

const filesBelow = (folder: string): string[] =>
  entriesBelow(folder)
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

function entriesBelow(folder: string): Dirent[] {
  return existsSync(folder) ? readdirSync(folder, { withFileTypes: true, recursive: true }) : [];
}
