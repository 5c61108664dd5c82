import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { HarnessError } from '../../errors.ts';
import { identify } from '../../run/process-identity.ts';
import { runDirectory, updateRunState, type KubernetesPlace } from '../../run/state.ts';
import { releaseHelper, startHelper } from '../shared/helper-process.ts';

const script = fileURLToPath(new URL('./watcher.ts', import.meta.url));

/**
 * Starts a run's watcher and records it in the run's state. Resolves when it watches.
 * @returns the addresses that it forwards.
 */
export async function startWatcher(runId: string): Promise<NonNullable<KubernetesPlace['forwarded']>> {
  const logFile = join(runDirectory(runId), 'watcher.log');
  const child = startHelper(script, runId, logFile, { stdout: 'pipe' });
  const failed = once(child, 'exit').then(() => {
    throw new HarnessError(`The run's watcher ended at once. See: ${logFile}`);
  });
  const lines = createInterface(child.stdout as Readable);
  const [line] = (await Promise.race([once(lines, 'line'), failed])) as [string];
  failed.catch(() => {});
  const supervisor = child.pid === undefined ? undefined : identify(child.pid);
  if (!supervisor) throw new HarnessError(`The run's watcher ended at once. See: ${logFile}`);
  // It prints nothing after this line.
  releaseHelper(child);
  await updateRunState(runId, () => ({ supervisor }));
  return JSON.parse(line) as NonNullable<KubernetesPlace['forwarded']>;
}
