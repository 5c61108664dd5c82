import { clearAbandonedBuilds } from '../../fleet/build/builds.ts';
import { engineOfRun } from '../../fleet/product/fleet.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';
import { listRuns } from '../../fleet/run/runs.ts';

/**
 * `fleet down`: the named run, the only run, or all of them. Abandoned runs are always removed, and first. If there
 * were any and no run is named, only those are removed.
 * @throws HarnessError at the end that names the runs that could not be ended.
 */
export async function down(named: string | undefined, options: { all?: boolean }): Promise<void> {
  if (named !== undefined && options.all)
    throw new HarnessError(`${named} and --all name different runs. Leave one of them out.`);
  const runs = listRuns();
  const [living, abandoned] = [true, false].map((wanted) =>
    runs.filter(({ alive }) => alive === wanted).map(({ runId }) => runId),
  ) as [string[], string[]];
  await clearAbandonedBuilds();

  const failures: Failure[] = [];
  /** A run that cannot be ended must not prevent the end of the others. */
  const endAll = async (runIds: readonly string[]): Promise<void> => {
    for (const runId of runIds) {
      try {
        await engineOfRun(runId).reap(runId);
        process.stdout.write(`${runId} is down.\n`);
      } catch (error) {
        failures.push({ runId, error: error as Error });
      }
    }
  };
  await endAll(abandoned);
  if (named === undefined && !options.all && abandoned.length > 0) {
    if (living.length > 0)
      process.stdout.write(`Still up: ${living.join(', ')}. To end one: npm run fleet -- down ${living[0]}\n`);
  } else {
    const wanted = options.all ? living : named === undefined ? onlyOf(living) : [named];
    await endAll(wanted.filter((runId) => !abandoned.includes(runId)));
    if (wanted.length + abandoned.length === 0) process.stdout.write('No fleet is up.\n');
  }
  const [first, ...others] = failures;
  // With a named run there is no need to report which one it was.
  if (first && first.runId === named && others.length === 0) throw first.error;
  if (first) throw errorOf(failures);
}

interface Failure {
  runId: string;
  error: Error;
}

/** Only when all errors mean that this machine lacks something does the result mean that too. */
function errorOf(failures: readonly Failure[]): HarnessError {
  const message = failures.map(({ runId, error }) => `${runId} could not be ended: ${error.message}`).join('\n');
  const lacks = failures.every(({ error }) => error instanceof CannotRunHere);
  return new (lacks ? CannotRunHere : HarnessError)(message, { cause: failures[0]?.error });
}

function onlyOf(runIds: readonly string[]): readonly string[] {
  if (runIds.length < 2) return runIds;
  throw new HarnessError(`There are several runs: ${runIds.join(', ')}. Name one, or use --all.`);
}
