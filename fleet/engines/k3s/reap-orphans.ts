import { CannotRunHere } from '../../errors.ts';
import { readRunState } from '../../run/state.ts';
import { Docker } from '../docker/docker.ts';

/** Timeout for Docker when it is not needed for the command itself, milliseconds. */
const commandTimeoutMs = 5_000;

/** What `removeOrphans` needs of a Docker. */
export type Holder = Pick<Docker, 'containersOf' | 'removeRun'>;

/**
 * Removes containers of this state directory whose run has no files. Without Docker there are none.
 * @param connect for tests.
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
  // A run's files exist before its container and at least as long.
  const orphans = new Set((await docker.containersOf()).map(({ runId }) => runId).filter((id) => !readRunState(id)));
  for (const runId of orphans) await docker.removeRun(runId);
  return [...orphans];
}
