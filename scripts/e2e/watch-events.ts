import { relative } from 'node:path';
import { emitKeypressEvents } from 'node:readline';
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

/** Reads single keys of a terminal; without a terminal there are none. Ctrl-C interrupts this process. */
export function readKeys(onKey: (name: string) => void): Disposable {
  const { stdin } = process;
  if (!stdin.isTTY) return { [Symbol.dispose]: () => {} };
  const press = (_text: string, { name = '', ctrl }: { name?: string; ctrl: boolean }): void => {
    // A terminal in raw mode sends no signal for Ctrl-C.
    if (ctrl && name === 'c') process.kill(process.pid, 'SIGINT');
    else onKey(name);
  };
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on('keypress', press);
  stdin.resume();
  return {
    [Symbol.dispose]() {
      stdin.off('keypress', press);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}

/** Collects what happens until somebody takes it. */
export class Inbox<Item> {
  #items: Item[] = [];
  #arrived = Promise.withResolvers<void>();
  #failure: { reason: unknown } | undefined;

  put(item: Item): void {
    this.#items.push(item);
    this.#arrived.resolve();
  }

  /** Rejects from now on. */
  fail(reason: unknown): void {
    this.#failure = { reason };
    this.#arrived.resolve();
  }

  /** Resolves when there is something to take. @throws the reason of {@link fail}. */
  async arrival(): Promise<void> {
    await this.#arrived.promise;
    if (this.#failure) throw this.#failure.reason;
  }

  take(): Item[] {
    const items = this.#items;
    this.#items = [];
    this.#arrived = Promise.withResolvers<void>();
    return items;
  }
}
