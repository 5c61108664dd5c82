import { relative } from 'node:path';
import { watch } from 'chokidar';
import { repositoryRoot } from '../../fleet/root.ts';

/** What a run of the suite is made of. */
const watched = ['apps', 'e2e', 'fixtures', 'fleet', 'package-lock.json', 'playwright.config.ts'];
/** Folders that no run reads. */
const generated = /(^|[\\/])(node_modules|\.nuxt|\.output|\.nitro|\.data|\.fleet)([\\/]|$)/;
/** Editors save several files, or one in several steps, within this time. */
const settledMs = 100;

/**
 * Watches the files that a run is made of.
 * @param onChange called with the changed files, relative to the repository, when nothing more has changed for a moment.
 */
export async function watchFiles(onChange: (files: string[]) => void): Promise<AsyncDisposable> {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    const files = [...changed];
    changed.clear();
    onChange(files);
  };
  const watcher = watch(watched, {
    cwd: repositoryRoot,
    ignoreInitial: true,
    // Paths are absolute here.
    ignored: (path) => generated.test(relative(repositoryRoot, path)),
  });
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return;
    changed.add(path.replaceAll('\\', '/'));
    clearTimeout(timer);
    timer = setTimeout(flush, settledMs);
  });
  await new Promise<void>((resolve, reject) => {
    watcher.once('ready', resolve);
    watcher.once('error', reject);
  });
  return {
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
