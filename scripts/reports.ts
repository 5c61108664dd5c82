import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, rmdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HarnessError } from '../fleet/errors.ts';
import { repositoryRoot } from '../fleet/root.ts';

const kept = 5;
const latest = 'latest';
const prefix = 'e2e-';

const reportsFolder = join(repositoryRoot, 'reports');

/**
 * To be called before a fleet comes up: otherwise the error comes only after the fleet's start.
 * @param root for tests.
 * @throws HarnessError that names the folder and what to do.
 */
export function checkReports(root = reportsFolder): void {
  const moveAway = (path: string): string => `Move it away: mv ${path} ${path}.old`;
  const found = statSync(root, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) {
    throw new HarnessError(`${root} is no folder, and reports go there. ${moveAway(root)}`);
  }
  const link = join(root, latest);
  if (lstatSync(link, { throwIfNoEntry: false })?.isDirectory()) {
    throw new HarnessError(`${link} is a folder, and the link to the newest reports goes there. ${moveAway(link)}`);
  }
  try {
    // Not with its parents: where a file system says ENOENT to that, Node would try for ever.
    if (!found) mkdirSync(root);
    // By doing it: for root, and on a disk that is full or read-only, permissions do not tell.
    rmdirSync(mkdtempSync(join(root, '.check-')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new HarnessError(
      `Reports cannot be written to ${root} (${code}). See who may: ls -ld ${dirname(root)} ${root}`,
      { cause },
    );
  }
}

/**
 * A folder of its own for the reports of a run, so that two at once do not write over each other. `reports/latest`
 * leads to the newest; of the older ones a few stay.
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
