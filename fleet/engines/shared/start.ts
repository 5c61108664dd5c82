import { duration } from '../../duration.ts';
import type { Hosts } from '../../hosts.ts';
import { newRunId } from '../../run/state.ts';
import type { FleetOptions } from './engine.ts';

/** The options of a start, with the defaults that all engines have. */
export const startOptions = (
  usual: Hosts,
  { runId = newRunId(), hosts = usual, changes = [], detached = false, onProgress = () => {}, ...others }: FleetOptions,
) => ({ runId, hosts, changes, detached, onProgress, ...others });

/** Reports each phase with the time since the phase before, and since the start of the run. */
export function phases(onProgress: (line: string) => void): (name: string) => void {
  const startedAt = performance.now();
  let last = startedAt;
  return (name) => {
    const now = performance.now();
    onProgress(`${name} (${duration(now - last)}, ${duration(now - startedAt)} in all)`);
    last = now;
  };
}
