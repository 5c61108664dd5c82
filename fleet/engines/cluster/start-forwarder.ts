import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../errors.ts';
import { identify } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { runDirectory } from '../../run/state.ts';
import type { KubernetesPlace } from '../../run/state.ts';

const script = fileURLToPath(new URL('./forwarder.ts', import.meta.url));

/** Starts a run's forwarder; the run's state must name its namespace. Resolves when it listens. */
export async function startForwarder(
  runId: string,
): Promise<{ supervisor: ProcessIdentity; forwarded: NonNullable<KubernetesPlace['forwarded']> }> {
  const logFile = join(runDirectory(runId), 'forwarder.log');
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [script, runId], {
    // Its own session, so that it outlives the owner.
    detached: true,
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const output = child.stdout as Readable;
  const failed = once(child, 'exit').then(() => {
    throw new HarnessError(`The run's forwarder ended at once. See: ${logFile}`);
  });
  const [line] = (await Promise.race([once(createInterface(output), 'line'), failed])) as [string];
  failed.catch(() => {});
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (!supervisor) throw new HarnessError(`The run's forwarder ended at once. See: ${logFile}`);
  // It prints nothing more, and must not keep the owner running.
  output.destroy();
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  child.unref();
  return { supervisor, forwarded: JSON.parse(line) as NonNullable<KubernetesPlace['forwarded']> };
}
