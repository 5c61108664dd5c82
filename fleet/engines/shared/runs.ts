import { brokenState, runIds, statesOf } from '../../run/state.ts';
import type { EngineName, RunState } from '../../run/state.ts';
import type { RunSummary } from './engine.ts';

/** A run according to its state file. Only its engine knows whether it is alive. */
export const summaryOf = ({ runId, startedAt, detached }: RunState): RunSummary => ({ runId, startedAt, detached });

/** An engine's runs on this machine, running or abandoned. */
export const listRuns = (
  engine: EngineName,
  isAlive: (state: RunState) => boolean | Promise<boolean>,
): Promise<RunSummary[]> =>
  Promise.all(statesOf(engine).map(async (state) => ({ ...summaryOf(state), alive: await isAlive(state) })));

/** Runs whose state cannot be read, so that their engine is unknown. They count as abandoned. */
export const brokenRuns = (): RunSummary[] =>
  runIds().flatMap((runId) => {
    const broken = brokenState(runId);
    if (!broken) return [];
    const { since, problem } = broken;
    return [{ runId, alive: false, startedAt: since.toISOString(), detached: false, problem }];
  });

/** Ends the abandoned runs of these. A run that cannot be ended must not prevent the start of another. */
export async function reapAbandoned(
  runs: readonly RunSummary[],
  end: (runId: string) => void | Promise<void>,
  onProgress: (line: string) => void,
): Promise<void> {
  for (const { runId } of runs.filter(({ alive }) => alive === false)) {
    try {
      await end(runId);
      onProgress(`${runId} was abandoned and is cleared away`);
    } catch (error) {
      onProgress(`${runId} was abandoned and cannot be cleared away: ${(error as Error).message}`);
    }
  }
}
