import { CannotRunHere } from '../../errors.ts';
import { readRunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';

/** Timeout for Docker when the command itself does not need it, milliseconds. */
const commandTimeoutMs = 5_000;

/** The Docker functions that `removeOrphans` needs. */
export type Holder = Pick<Docker, 'containersOf' | 'removeRun'>;

/**
 * Removes containers of this state directory whose run has no files. Without Docker there are none.
 * @param connect replaceable in tests.
 * @returns the ids of their runs.
 */
export async function reapOrphans(connect: () => Promise<Holder> = () => Docker.connect()): Promise<string[]> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(late.resolve, commandTimeoutMs);
  try {
    const docker = await Promise.race([connect(), late.promise]);
    return docker ? await removeOrphans(docker) : [];
  } catch (error) {
    if (error instanceof CannotRunHere) return [];
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export async function removeOrphans(docker: Holder): Promise<string[]> {
  // A run's files are created before its container and are removed after it.
  const orphans = new Set((await docker.containersOf()).map(({ runId }) => runId).filter((id) => !readRunState(id)));
  for (const runId of orphans) await docker.removeRun(runId);
  return [...orphans];
}
