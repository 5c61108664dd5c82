import { readRunState } from '../../run/state.ts';

/**
 * For a run's helper process: ends the run when its owner is gone, unless the run is detached and up. The owner holds
 * the other end of the helper's standard input, and the kernel closes it when the owner ends for any reason.
 */
export function endWithOwner(runId: string, endRun: () => Promise<void>): void {
  process.stdin.resume();
  process.stdin.once('close', () => void ownerIsGone(runId, endRun));
  // Ctrl-C in a terminal is meant for the owner. This process notices the owner's end on standard input.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
}

async function ownerIsGone(runId: string, endRun: () => Promise<void>): Promise<void> {
  const state = readRunState(runId);
  if (state?.detached && state.edge) return;
  if (state) await endRun();
  process.exit(0);
}
