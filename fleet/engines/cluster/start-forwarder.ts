import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../errors.ts';
import { identify } from '../../run/process-identity.ts';
import type { ProcessIdentity } from '../../run/process-identity.ts';
import { runDirectory } from '../../run/state.ts';
import type { KubernetesPlace } from '../../run/state.ts';
import { release, startHelper } from '../shared/helper-process.ts';

const script = fileURLToPath(new URL('./forwarder.ts', import.meta.url));

/** Starts a run's forwarder; the run's state must name its namespace. Resolves when it listens. */
export async function startForwarder(
  runId: string,
): Promise<{ supervisor: ProcessIdentity; forwarded: NonNullable<KubernetesPlace['forwarded']> }> {
  const logFile = join(runDirectory(runId), 'forwarder.log');
  const child = startHelper(script, runId, logFile, { stdout: 'pipe' });
  const failed = once(child, 'exit').then(() => {
    throw new HarnessError(`The run's forwarder ended at once. See: ${logFile}`);
  });
  const lines = createInterface(child.stdout as Readable);
  const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
  failed.catch(() => {});
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (!supervisor) throw new HarnessError(`The run's forwarder ended at once. See: ${logFile}`);
  // The forwarder prints nothing after this line.
  release(child);
  return { supervisor, forwarded: JSON.parse(line) as NonNullable<KubernetesPlace['forwarded']> };
}
