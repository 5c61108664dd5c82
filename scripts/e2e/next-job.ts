import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Change } from '../../fleet/manifests/change.ts';
import { affectedSpecs, specsFor } from './spec-filters.ts';
import { type Staleness, stalenessOf } from './stale-parts.ts';

/** What `--watch` does next: brings the fleet up to date, and runs specs. */
export interface Job {
  why: string;
  stale?: Staleness;
  /** Arguments of the test runner that select specs. */
  args: readonly string[];
  /** When the file was saved, or the key was pressed; milliseconds since 1970. */
  since: number;
}

/** What can happen while `--watch` waits. */
export type WatchEvent = { at: number } & ({ files: readonly string[] } | { key: string });

/** What the jobs of a watch depend on. */
export interface Watched {
  engine: Engine;
  fleet: Fleet;
  changes: readonly Change[];
  /** Specs of the command line; none: all. */
  filters: readonly string[];
  /** What ran last; absent when nothing has run. */
  last: readonly string[] | undefined;
  /** Whether a test of the last run failed. */
  hasFailed: boolean;
}

/**
 * The job after these events. A key wins over files. A change of an app or server runs again what ran last; a change
 * of a spec, or of what specs import, runs those specs of the selection.
 * @returns undefined when there is nothing to do, with a sentence for people.
 */
export async function nextJob(events: readonly WatchEvent[], watched: Watched): Promise<Job | string> {
  const since = events[0]?.at ?? Date.now();
  const key = events.flatMap((one) => ('key' in one ? [one.key] : [])).at(-1);
  if (key !== undefined) return jobOfKey(key, watched, since);
  const files = [...new Set(events.flatMap((one) => ('files' in one ? one.files : [])))];
  const why = files.length > 3 ? `${files.length} files were saved` : `${files.join(', ')} saved`;
  const stale = await stalenessOf(watched.engine, watched.fleet, watched.changes);
  const specs = await affectedSpecs(files, specsFor(watched.filters));
  if (stale.parts.length > 0)
    return { why, stale, args: watched.last ?? (specs.length > 0 ? specs : watched.filters), since };
  return specs.length > 0
    ? { why, args: specs, since }
    : `${why}: it changes no part of the fleet and no spec of the selection.`;
}

function jobOfKey(key: string, { filters, last, hasFailed }: Watched, since: number): Job | string {
  if (key === 'a') return { why: 'all', args: filters, since };
  if (key === 'f')
    return hasFailed ? { why: 'the failed', args: ['--last-failed'], since } : 'No test of the last run failed.';
  if (key === 'return' || key === 'enter') return { why: 'again', args: last ?? filters, since };
  return 'Keys: enter runs the last again, f the failed, a all, q ends.';
}
