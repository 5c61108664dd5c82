import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { HarnessError } from '../errors.ts';
import type { SourceChange } from '../manifests/change.ts';

/** Files of an app by path below the root (`apps/base/nuxt.config.ts`), with source changes applied. */
export type Sources = Map<string, Buffer>;
/** Sources by the name of their folder below `apps/`. */
export type Folders = Map<string, Sources>;

/** Generated files, and files that no build reads. */
const notSources = new Set(['node_modules', '.nuxt', '.output', '.nitro', '.data', '.DS_Store']);
const isSource = (name: string): boolean => !notSources.has(name) && !name.endsWith('.test.ts');

export async function readFolders(root: string): Promise<Folders> {
  const entries = await readdir(join(root, 'apps'), { withFileTypes: true });
  const folders: Folders = new Map();
  for (const { name } of entries.filter((entry) => entry.isDirectory())) {
    const sources: Sources = new Map();
    await readInto(sources, root, join(root, 'apps', name));
    folders.set(name, sources);
  }
  return folders;
}

async function readInto(sources: Sources, root: string, folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.filter(({ name }) => isSource(name))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await readInto(sources, root, path);
    else sources.set(relative(root, path).replaceAll('\\', '/'), await readFile(path));
  }
}

/** A copy of the sources, to be changed independently. */
export const copyOf = (folders: Folders): Folders =>
  new Map([...folders].map(([name, sources]) => [name, new Map(sources)]));

/** Applies changes to sources, in place and in the given order. @throws HarnessError when one does not fit. */
export function applySourceChanges(folders: Folders, changes: readonly SourceChange[]): void {
  for (const change of changes) {
    const [top, app = ''] = change.file.split('/');
    const sources = top === 'apps' ? folders.get(app) : undefined;
    const content = sources?.get(change.file);
    if (!sources || content === undefined) {
      throw new HarnessError(
        `The source change names ${change.file}, which is no source of ${[...folders.keys()].join(', ')}. ` +
          'Paths start at the root of the repository: apps/<app>/…',
      );
    }
    if ('remove' in change) sources.delete(change.file);
    else sources.set(change.file, Buffer.from(replaceOnce(content.toString(), change)));
  }
}

/** The text with a change applied. @throws HarnessError when the text to replace does not occur exactly once. */
export function replaceOnce(text: string, change: { file: string; find: string; replace: string }): string {
  const parts = text.split(change.find);
  if (change.find !== '' && parts.length === 2 && change.find !== change.replace) return parts.join(change.replace);
  throw new HarnessError(
    `${change.file}: the text to replace occurs ${parts.length - 1} times, not once (or is replaced by itself). ` +
      `The source has moved on; correct the change that looks for:\n  ${change.find.replaceAll('\n', '\n  ')}`,
  );
}
