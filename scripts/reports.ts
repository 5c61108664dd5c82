import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../fleet/root.ts';

const kept = 5;
const latest = 'latest';
const prefix = 'e2e-';

/**
 * A folder of its own for the reports of a run, so that two at once do not write over each other. `reports/latest`
 * leads to the newest; of the older ones a few stay.
 * @returns the folder, relative to the repository.
 */
export function reportsOf(runId: string): string {
  const root = join(repositoryRoot, 'reports');
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
