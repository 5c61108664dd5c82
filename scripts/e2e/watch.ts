import { styleText } from 'node:util';
import type { RunRecord } from '../../e2e/report/verdict.ts';
import { duration } from '../../fleet/duration.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { exitCodes } from '../../fleet/errors.ts';
import { interruption } from '../command/interruption.ts';
import { printError, progress } from '../command/run-command.ts';
import { reportsOf } from '../runner/reports.ts';
import { exitCodeOf, runSpecs } from '../runner/runner.ts';
import { bringUpToDate, startOf } from './bring-up-to-date.ts';
import { type Job, nextJob, type WatchEvent } from './next-job.ts';
import { Inbox, readKeys, watchFiles } from './watch-events.ts';

/** What a watch runs. */
export interface WatchOptions {
  /** Specs of the command line. */
  filters: readonly string[];
  /** Further arguments of the test runner, for each run. */
  args: readonly string[];
  /** Whether to run the selection at once. */
  runsAtOnce: boolean;
  headed: boolean;
}

/**
 * Runs specs again when they, or what they test, are saved; keys do the same.
 * @returns the exit code of the last run, after `q`. An interruption rejects.
 */
export async function watch(engine: Engine, fleet: Fleet, options: WatchOptions): Promise<number> {
  const session = new WatchSession(engine, fleet, options);
  const inbox = new Inbox<WatchEvent>();
  interruption.addEventListener('abort', () => inbox.fail(interruption.reason));
  await using scope = new AsyncDisposableStack();
  scope.use(await watchFiles((files) => inbox.put({ files, at: Date.now() })));
  scope.use(readKeys((key) => inbox.put({ key, at: Date.now() })));
  if (options.runsAtOnce) session.begin({ why: 'first run', args: options.filters, since: performance.timeOrigin });
  else session.invite();
  for (;;) {
    await inbox.arrival();
    const events = inbox.take();
    if (events.some((one) => 'key' in one && one.key === 'q')) return await session.end();
    await session.react(events);
  }
}

class WatchSession {
  readonly #engine: Engine;
  readonly #options: WatchOptions;
  /** Read once: a fleet that could not be started anew has lost it. */
  readonly #start: ReturnType<typeof startOf>;
  #fleet: Fleet;
  #last: readonly string[] | undefined;
  #record: RunRecord | undefined;
  #running: { stop: AbortController; done: Promise<void> } | undefined;

  constructor(engine: Engine, fleet: Fleet, options: WatchOptions) {
    this.#engine = engine;
    this.#fleet = fleet;
    this.#options = options;
    this.#start = startOf(fleet);
  }

  /** Starts the job that these events call for, and cancels one in progress. */
  async react(events: readonly WatchEvent[]): Promise<void> {
    try {
      const job = await nextJob(events, {
        engine: this.#engine,
        fleet: this.#fleet,
        changes: this.#start.changes,
        filters: this.#options.filters,
        last: this.#last,
        hasFailed: (this.#record?.failed ?? 0) > 0,
      });
      if (typeof job === 'string') return progress(job);
      await this.#cancel();
      this.begin(job);
    } catch (error) {
      // A file that does not parse, while it is being written.
      printError(error);
    }
  }

  begin(job: Job): void {
    const stop = new AbortController();
    this.#running = { stop, done: this.#run(job, stop.signal) };
  }

  invite(): void {
    const keys = process.stdin.isTTY ? ' Keys: enter runs the last again, f the failed, a all, q ends.' : '';
    progress(`Waiting for a file to be saved.${keys}`);
  }

  async end(): Promise<number> {
    await this.#cancel();
    return this.#record ? exitCodeOf(this.#record) : exitCodes.passed;
  }

  async #cancel(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.done;
  }

  async #run({ why, stale, args, since }: Job, signal: AbortSignal): Promise<void> {
    console.log(`\n${styleText('bold', `${new Date().toLocaleTimeString('en-GB')}  ${why}`)}`);
    try {
      if (stale) this.#fleet = await bringUpToDate(this.#engine, this.#fleet, stale, this.#start);
      signal.throwIfAborted();
      const { filters, args: always, headed } = this.#options;
      const isLastFailed = args.includes('--last-failed');
      this.#last = isLastFailed ? filters : args;
      this.#record = await runSpecs([this.#fleet], {
        args: [...args, ...always],
        reports: reportsOf(this.#fleet.runId),
        headed,
        since,
        signal,
      });
      progress(`Done ${duration(Date.now() - since)} after: ${why}`);
    } catch (error) {
      if (interruption.aborted || signal.aborted) return;
      printError(error);
    }
    this.invite();
  }
}
