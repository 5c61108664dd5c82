import { endFamily, processesWithEnvironment } from '../../run/process-identity.ts';
import { realRunDirectory, readRunState, removeRun, runFolderVariable } from '../../run/state.ts';

/** Kills the remaining processes of a run and removes its files. */
export function reapRun(runId: string): void {
  const state = readRunState(runId);
  // The supervisor is ended first, so that it restarts nothing.
  if (state?.supervisor) endFamily(state.supervisor);
  for (const identity of state?.processes ?? []) endFamily(identity);
  // A process started just before the supervisor was killed is in no list, but has the run's folder in its environment.
  // This runs twice, because a supervisor that is in no state file may start another process in between.
  const endRest = (): void =>
    processesWithEnvironment(runFolderVariable, realRunDirectory(runId)).forEach((rest) => endFamily(rest));
  endRest();
  endRest();
  removeRun(runId);
}
