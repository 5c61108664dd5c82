import { statSync } from 'node:fs';
import { endFamily, isAlive, processesWithEnvironment } from '../../process-identity.ts';
import { readRunState, removeRun, runDirectory, runIds, runIdVariable } from '../../runs.ts';
import type { RunState } from '../../runs.ts';

/** How long a run's folder may be without a state file before nobody is about to write one, milliseconds. */
const birthMs = 10_000;

/**
 * A supervisor that lives keeps a run alive; before there is one, its owner does. A run that is not detached needs its
 * owner in any case: a supervisor that has not ended with it hangs.
 */
export function isRunAlive({ supervisor, owner, detached }: RunState): boolean {
  return isAlive(supervisor ?? owner) && (detached || isAlive(owner));
}

/** Kills what is left of a run, without asking it, and removes its files. */
export function reapRun(runId: string): void {
  const state = readRunState(runId);
  // The supervisor first, so that it restarts nothing.
  if (state?.supervisor) endFamily(state.supervisor);
  for (const identity of state?.processes ?? []) endFamily(identity);
  // A process that was started in the instant before the supervisor was killed is in no list, but carries the run.
  for (const identity of processesWithEnvironment(runIdVariable, runId)) endFamily(identity);
  removeRun(runId);
}

/** Ends the runs whose processes have lost their supervisor. Returns their ids. */
export function reapAbandoned(): string[] {
  return runIds().filter((runId) => {
    const state = readRunState(runId);
    // Another engine's run holds more than processes; that engine ends it.
    if (state?.engine !== undefined && state.engine !== 'local') return false;
    const abandoned = state ? !isRunAlive(state) : isOlderThan(runDirectory(runId), birthMs);
    if (abandoned) reapRun(runId);
    return abandoned;
  });
}

function isOlderThan(path: string, ms: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > ms;
  } catch {
    return false; // Somebody else removed it.
  }
}
