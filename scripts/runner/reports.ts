import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { quoted } from '../../fleet/quoted.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { repositoryRoot } from '../../fleet/root.ts';

const kept = 5;
const latest = 'latest';
const prefix = 'e2e-';

/** The reports of a run with a failed test. */
const leastBytes = 2 ** 22;

const reportsFolder = join(repositoryRoot, 'reports');

/** Called before a fleet starts, so that the error comes at once. @throws HarnessError that says what to do. */
export function checkReports(root = reportsFolder): void {
  try {
    makeFolder(root);
    // Checked by writing: for root, and on a full or read-only disk, the permission bits are not reliable.
    const folder = mkdtempSync(join(root, '.check-'));
    try {
      writeFileSync(join(folder, 'check'), Buffer.alloc(leastBytes));
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HarnessError(
      `Reports cannot be written to ${root} (${code}). See who may, and what is free: ` +
        `ls -ld ${quoted(dirname(root))} ${quoted(root)}; df -h ${quoted(dirname(root))}`,
      { cause },
    );
  }
}

/** Not `recursive`: on a file system that answers ENOENT to that, Node would retry forever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/**
 * A separate folder for the reports of a run, so that two runs at once do not overwrite each other. `reports/latest`
 * points to the newest; a few older ones are kept.
 * @returns the folder, relative to the repository.
 */
export function reportsOf(runId: string): string {
  const root = reportsFolder;
  const name = `${prefix}${runId}`;
  mkdirSync(join(root, name), { recursive: true });
  const age = (folder: string) => statSync(join(root, folder)).mtimeMs;
  const older = readdirSync(root).filter((folder) => folder.startsWith(prefix) && folder !== name);
  for (const folder of older.toSorted((a, b) => age(b) - age(a)).slice(kept - 1)) {
    rmSync(join(root, folder), { recursive: true, force: true });
  }
  rmSync(join(root, latest), { force: true });
  symlinkSync(name, join(root, latest));
  return join('reports', name);
}

/** Replaces a file at once, so that an interruption leaves the old content or the new one. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`);
  renameSync(draft, file);
}
