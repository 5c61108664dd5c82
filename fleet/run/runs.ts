import { isAlive } from './process-identity.ts';
import { readRunState, runIds, startsNode, type EngineName, type RunState } from './state.ts';

/**
 * Whether a run may still be used: it has its owner, or it is detached and has its helper process. A run whose
 * node the engine started works without its helper.
 */
export function isRunAlive({ engine, owner, supervisor, detached }: RunState): boolean {
  const hasHelper = supervisor !== undefined && isAlive(supervisor);
  if (isAlive(owner)) return supervisor === undefined || hasHelper || startsNode[engine];
  return detached && hasHelper;
}

/** The runs on this machine, running or abandoned. One whose state cannot be read is ended by the local engine. */
export const listRuns = () =>
  runIds().map((runId) => {
    const state = readRunState(runId);
    const { engine = 'local', startedAt = '', detached = false } = state ?? {};
    return { runId, engine, alive: state !== undefined && isRunAlive(state), startedAt, detached };
  });

/** Ends the abandoned runs of an engine. A run that cannot be ended must not prevent the start of another. */
export async function reapAbandoned(
  engine: EngineName,
  end: (runId: string) => void | Promise<void>,
  onProgress: (line: string) => void,
): Promise<void> {
  const abandoned = listRuns().filter((run) => !run.alive && run.engine === engine);
  for (const { runId } of abandoned) {
    try {
      await end(runId);
      onProgress(`${runId} was abandoned and is cleared away`);
    } catch (error) {
      onProgress(`${runId} was abandoned and cannot be cleared away: ${(error as Error).message}`);
    }
  }
}
