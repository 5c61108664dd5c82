import { endFamily, isAlive, processesWithEnvironment } from '../../run/process-identity.ts';
import { brokenState, readRunState, removeRun, runIds, runIdVariable } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';

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
  // One that was started in the instant before the supervisor was killed is in no list, but carries the run's id; twice,
  // since a supervisor that no state names may have started another before its turn came.
  const endRest = (): void => processesWithEnvironment(runIdVariable, runId).forEach((rest) => endFamily(rest));
  endRest();
  endRest();
  removeRun(runId);
}

/** Ends the runs whose processes have lost their supervisor. Returns their ids. */
export function reapAbandoned(): string[] {
  return runIds().filter((runId) => {
    const state = readRunState(runId);
    // Another engine's run holds more than processes; that engine ends it.
    if (state?.engine !== undefined && state.engine !== 'local') return false;
    const abandoned = state ? !isRunAlive(state) : brokenState(runId) !== undefined;
    if (abandoned) reapRun(runId);
    return abandoned;
  });
}
