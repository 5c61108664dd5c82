import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify } from '../../run/process-identity.ts';
import { runDirectory, updateRunState } from '../../run/state.ts';
import { release, startHelper } from '../shared/helper-process.ts';

const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

/** Starts the process that ends a run after this process has ended, and records it in the run's state. */
export async function startWatchdog(runId: string): Promise<void> {
  const child = startHelper(script, runId, join(runDirectory(runId), 'watchdog.log'));
  release(child);
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (supervisor) await updateRunState(runId, () => ({ supervisor }));
}
