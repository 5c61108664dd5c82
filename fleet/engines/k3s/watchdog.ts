/**
 * A process beside a run's owner that ends the run when the owner is gone, however it went:
 * `node fleet/engines/k3s/watchdog.ts <run id>`. The owner holds the other end of its standard input, which the kernel
 * closes. A detached run that is up is left alone.
 */
import { readRunState } from '../../run/state.ts';

const [runId = ''] = process.argv.slice(2);

process.stdin.resume();
process.stdin.once('close', () => void ownerIsGone());
// A terminal's Ctrl-C is for the owner, whose end is heard of by standard input.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

async function ownerIsGone(): Promise<void> {
  const state = readRunState(runId);
  if (!state || (state.detached && state.edge)) return;
  // Loaded only now: until then the process is small.
  const { endRun } = await import('./reap.ts');
  await endRun(runId);
}
