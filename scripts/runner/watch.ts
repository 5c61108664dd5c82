import { once } from 'node:events';
import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { watch as watchFiles } from 'chokidar';
import { duration } from '../../fleet/duration.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { interruption } from '../command/interruption.ts';
import { printError, progress } from '../command/run-command.ts';
import type { SuiteProduct } from './suite-options.ts';
import { bringUpToDate, stalenessOf, startOf, type Staleness } from './up-to-date.ts';
import { reportsOf } from './reports.ts';
import { runSpecs } from './runner.ts';
import { specsByFile, specsFor } from './spec-filters.ts';

/** What a run of the suite is made of. */
const watched = ['apps', 'e2e', 'fixtures', 'fleet', 'package-lock.json', 'playwright.config.ts'];
/** Folders that no run reads. */
const generated = /(^|[\\/])(node_modules|\.nuxt|\.output|\.nitro|\.data|\.fleet)([\\/]|$)/;
/** Editors save several files, or one in several steps, within this time. */
const settledMs = 100;

export interface WatchOptions {
  product: Pick<SuiteProduct, 'createPeople'>;
  filters: readonly string[];
  /** Further arguments of the test runner, for each run. */
  args: readonly string[];
  runsAtOnce: boolean;
  /** The ids of the tests that may notice a change of these files. */
  choose: (files: readonly string[]) => Promise<string[]>;
  headed: boolean;
}

interface WatchRun {
  why: string;
  stale?: Staleness;
  /** Arguments that select tests. */
  specs: readonly string[];
  /** The ids of the tests of these that run, best first; none: all. */
  tests?: () => Promise<string[]>;
  /** When the file was saved; milliseconds since 1970. */
  since: number;
}

/** Runs specs again when they, or what they test, are saved, until it is interrupted: then it rejects. */
export async function watchSpecs(
  engine: Engine,
  fleet: Fleet,
  { product, filters, args, runsAtOnce, headed, choose }: WatchOptions,
): Promise<never> {
  const isWhole = filters.length === 0 && !args.includes('--grep');
  // Read once: a fleet that could not be started anew has lost it.
  const start = startOf(fleet);
  let current = fleet;
  let last: readonly string[] | undefined;
  let running: { stop: AbortController; done: Promise<void> } | undefined;

  /**
   * A change of what specs import runs those specs. Another one of an app or server runs what may notice it, or what
   * ran last if the command names specs.
   */
  const runFor = async (files: readonly string[], since: number): Promise<WatchRun | string> => {
    const why = files.length > 3 ? `${files.length} files were saved` : `${files.join(', ')} saved`;
    const stale = await stalenessOf(engine, current, start.changes);
    const affected = (await specsByFile(specsFor(filters)))(files);
    if (stale.parts.length > 0) {
      if (affected.length === 0 && isWhole) return { why, stale, specs: filters, tests: () => choose(files), since };
      return { why, stale, specs: affected.length > 0 ? affected : (last ?? filters), since };
    }
    if (affected.length > 0) return { why, specs: affected, since };
    return `${why}: it changes no part of the fleet and no spec of the selection.`;
  };

  const begin = (run: WatchRun): void => {
    const stop = new AbortController();
    running = { stop, done: perform(run, stop.signal) };
  };

  const perform = async ({ why, stale, specs, tests, since }: WatchRun, signal: AbortSignal): Promise<void> => {
    console.log(`\n${styleText('bold', `${new Date().toLocaleTimeString('en-GB')}  ${why}`)}`);
    try {
      if (stale) current = await bringUpToDate(engine, current, stale, product, start);
      signal.throwIfAborted();
      last = specs;
      await runSpecs([current], {
        args: [...specs, ...args],
        reports: reportsOf(current.runId),
        headed,
        signal,
        ...(tests ? { tests: await tests() } : {}),
      });
      progress(`Done ${duration(Date.now() - since)} after: ${why}`);
    } catch (error) {
      if (interruption.aborted || signal.aborted) return;
      printError(error);
    }
    progress(waiting);
  };

  await using saved = await savedFiles();
  if (runsAtOnce) begin({ why: 'first run', specs: filters, since: performance.timeOrigin });
  else progress(waiting);
  for (;;) {
    const { files, at } = await saved.next();
    try {
      const run = await runFor(files, at);
      if (typeof run === 'string') {
        progress(run);
        continue;
      }
      running?.stop.abort();
      await running?.done;
      begin(run);
    } catch (error) {
      // A file that does not parse, while it is being written.
      printError(error);
    }
  }
}

const waiting = 'Waiting for a file to be saved. Ctrl-C ends.';

/** Watches the files that a run is made of. `next` resolves with those that were saved since, and rejects when interrupted. */
async function savedFiles() {
  const changed = new Set<string>();
  const watcher = watchFiles(watched, {
    cwd: repositoryRoot,
    ignoreInitial: true,
    // Paths are absolute here.
    ignored: (path) => generated.test(relative(repositoryRoot, path)),
  });
  watcher.on('all', (event, path) => {
    if (event !== 'addDir' && event !== 'unlinkDir') changed.add(path.replaceAll('\\', '/'));
  });
  await once(watcher, 'ready');
  return {
    async next(): Promise<{ files: string[]; at: number }> {
      while (changed.size === 0) {
        await once(watcher, 'all', { signal: interruption }).catch((error: unknown) => {
          interruption.throwIfAborted();
          throw error;
        });
      }
      const at = Date.now();
      await delay(settledMs);
      const files = [...changed];
      changed.clear();
      return { files, at };
    },
    [Symbol.asyncDispose]: () => watcher.close(),
  };
}
