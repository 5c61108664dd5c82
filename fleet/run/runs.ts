import { isAlive } from './process-identity.ts';
import { brokenState, readRunState, runIds } from './state.ts';
import type { EngineName, RunState } from './state.ts';

export interface RunSummary {
  runId: string;
  /** Absent: its state cannot be read. */
  engine?: EngineName;
  alive: boolean;
  startedAt: string;
  detached: boolean;
  /** A sentence: why its state cannot be read, so that it counts as abandoned. */
  problem?: string;
}

/**
 * Whether a run may still be used: it has its owner, or it is detached and has its helper process. Without its helper a
 * k3s run still works, and the runs of the other engines do not.
 */
export function isRunAlive({ engine, owner, supervisor, detached }: RunState): boolean {
  const hasHelper = supervisor !== undefined && isAlive(supervisor);
  if (isAlive(owner)) return supervisor === undefined || hasHelper || engine === 'k3s';
  return detached && hasHelper;
}

/** The runs on this machine, running or abandoned. */
export const listRuns = (): RunSummary[] =>
  runIds().flatMap((runId): RunSummary[] => {
    const state = readRunState(runId);
    if (state) {
      const { engine, startedAt, detached } = state;
      return [{ runId, engine, alive: isRunAlive(state), startedAt, detached }];
    }
    const broken = brokenState(runId);
    if (!broken) return [];
    return [{ runId, alive: false, startedAt: broken.since.toISOString(), detached: false, problem: broken.problem }];
  });

/**
 * Ends the abandoned runs of an engine. The local engine also ends those whose state cannot be read. A run that cannot
 * be ended must not prevent the start of another.
 */
export async function reapAbandoned(
  engine: EngineName,
  end: (runId: string) => void | Promise<void>,
  onProgress: (line: string) => void,
): Promise<void> {
  const abandoned = listRuns().filter((run) => !run.alive && (run.engine ?? 'local') === engine);
  for (const { runId } of abandoned) {
    try {
      await end(runId);
      onProgress(`${runId} was abandoned and is cleared away`);
    } catch (error) {
      onProgress(`${runId} was abandoned and cannot be cleared away: ${(error as Error).message}`);
    }
  }
}
