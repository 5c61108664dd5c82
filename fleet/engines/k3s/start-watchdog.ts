import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { identify } from '../../run/process-identity.ts';
import { readRunState, runDirectory, writeRunState } from '../../run/state.ts';
import type { RunState } from '../../run/state.ts';

const script = fileURLToPath(new URL('./watchdog.ts', import.meta.url));

/** Starts the process that ends a run when this process is gone, and records it in the run's state. */
export function startWatchdog(runId: string): void {
  const log = openSync(join(runDirectory(runId), 'watchdog.log'), 'a', 0o600);
  const child = spawn(process.execPath, [script, runId], {
    // Its own session, so that it outlives the owner.
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  child.on('error', () => {});
  child.stdin?.on('error', () => {});
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  child.unref();
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (supervisor) writeRunState({ ...(readRunState(runId) as RunState), supervisor });
}
