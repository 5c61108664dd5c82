import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { HarnessError } from '../../fleet/errors.ts';
import { leaksInBytes } from './redact-bytes.ts';
import { leaksIn, redact } from './redact.ts';

interface Leak {
  /** Relative to the folder; what is secret in the name itself is left out. */
  file: string;
  kinds: string[];
}

/**
 * The last step of a run that writes reports: looks for secrets in all of them, archives and base64 included. A file that
 * holds one is removed.
 * @param secrets values that no report may hold, besides what looks like one.
 * @throws HarnessError that names each file and what kind of secret was in it, never the secret.
 */
export function scanReports(folder: string, secrets: readonly string[]): void {
  const leaks = filesBelow(folder).flatMap((path) => {
    const file = relative(folder, path);
    const kinds = [...new Set([...leaksIn(file, secrets), ...contentLeaks(path, secrets)])];
    if (kinds.length === 0) return [];
    rmSync(path, { force: true });
    return [{ file: redact(file, secrets), kinds }];
  });
  if (leaks.length > 0) throw leakError(folder, leaks);
}

const leakError = (folder: string, leaks: readonly Leak[]): HarnessError =>
  new HarnessError(
    `The reports held secrets. These files of ${folder} were removed:\n` +
      leaks.map(({ file, kinds }) => `  ${file}: ${kinds.join(', ')}\n`).join('') +
      'Find out how it came there, and let e2e/reporters/redact-reports.ts take it out.',
  );

function contentLeaks(path: string, secrets: readonly string[]): string[] {
  try {
    return leaksInBytes(readFileSync(path), secrets);
  } catch {
    // A broken archive: what cannot be looked into is not handed around.
    return ['an archive that cannot be opened'];
  }
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
