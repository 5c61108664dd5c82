/**
 * The watchdog process of a run, which ends the run when the owner is gone: `node fleet/engines/k3s/watchdog.ts <run
 * id>`. The owner holds the other end of its standard input, and the kernel closes that when the owner ends. It does
 * not end a detached run that is up.
 */
import { readRunState } from '../../run/state.ts';

const [runId = ''] = process.argv.slice(2);

process.stdin.resume();
process.stdin.once('close', () => void ownerIsGone());
// Ctrl-C in a terminal is for the owner. This process notices the owner's end on standard input.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

async function ownerIsGone(): Promise<void> {
  const state = readRunState(runId);
  if (!state || (state.detached && state.edge)) return;
  // Loaded only now, to keep the waiting process small.
  const { endRun } = await import('./reap.ts');
  await endRun(runId);
}
