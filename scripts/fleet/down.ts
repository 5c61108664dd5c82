import { clearAbandonedBuilds } from '../../fleet/build/builds.ts';
import { allRuns, engineOfRun, reapOrphans } from '../../fleet/engines/engines.ts';
import type { RunSummary } from '../../fleet/engines/shared/engine.ts';
import { CannotRunHere, HarnessError } from '../../fleet/errors.ts';

/**
 * `fleet down`: the named run, the only run, or all of them. Abandoned runs are always removed, and first. If there
 * were any and no run is named, only those are removed. Only the engine of a named run is asked, because another engine
 * may not answer.
 * @throws HarnessError at the end that names the runs that could not be ended.
 */
export async function down(named: string | undefined, options: { all?: boolean }): Promise<void> {
  if (named !== undefined && options.all)
    throw new HarnessError(`${named} and --all name different runs. Leave one of them out.`);
  const asked = named === undefined ? undefined : [engineOfRun(named)];
  const runs = await allRuns(asked);
  const idsOf = (wanted: boolean | undefined): string[] =>
    runs.filter(({ alive }) => alive === wanted).map(({ runId }) => runId);
  const abandoned = idsOf(false);
  const [living, unknown] = [idsOf(true), idsOf(undefined)];
  tellProblems(runs.filter(({ alive }) => alive === false));
  await clearAbandonedBuilds();

  const failures: Failure[] = [];
  for (const runId of abandoned) await attempt(runId, () => end(runId), failures);
  const orphans: string[] = [];
  await attempt(
    'What is left of runs without files',
    async () => void orphans.push(...(await reapOrphans(asked))),
    failures,
  );
  for (const runId of orphans) process.stdout.write(`${runId}, whose files are gone, is down.\n`);

  const gone = [...abandoned, ...orphans];
  if (named === undefined && !options.all && gone.length > 0) {
    if (living.length > 0) process.stdout.write(stillUp(living));
    tellProblems(runs.filter(({ alive }) => alive === undefined));
  } else {
    // A run whose engine cannot be asked may be alive, and may be the one that the caller means.
    const candidates = [...living, ...unknown];
    const wanted = options.all ? candidates : named === undefined ? onlyOf(candidates) : [named];
    for (const runId of wanted.filter((id) => !gone.includes(id))) await attempt(runId, () => end(runId), failures);
    if (wanted.length + gone.length === 0 && failures.length === 0) process.stdout.write('No fleet is up.\n');
  }
  const [first, ...others] = failures;
  // With a named run there is no need to report which one it was.
  if (first && first.what === named && others.length === 0) throw first.error;
  if (first) throw errorOf(failures);
}

function tellProblems(runs: readonly RunSummary[]): void {
  for (const { problem } of runs) if (problem) process.stdout.write(`${problem}\n`);
}

const stillUp = (living: readonly string[]): string =>
  living.length === 1
    ? `Still up: ${living[0]}. To end it: npm run fleet -- down ${living[0]}\n`
    : `Still up: ${living.join(', ')}. To end one: npm run fleet -- down <run>; all: npm run fleet -- down --all\n`;

interface Failure {
  what: string;
  error: Error;
}

/** A run that cannot be ended must not prevent the end of the others. */
async function attempt(what: string, work: () => Promise<void>, failures: Failure[]): Promise<void> {
  try {
    await work();
  } catch (error) {
    failures.push({ what, error: error as Error });
  }
}

/** Only when all errors mean that this machine lacks something does the result mean that too. */
function errorOf(failures: readonly Failure[]): HarnessError {
  const message = failures.map(({ what, error }) => `${what} could not be ended: ${error.message}`).join('\n');
  const lacks = failures.every(({ error }) => error instanceof CannotRunHere);
  return new (lacks ? CannotRunHere : HarnessError)(message, { cause: failures[0]?.error });
}

async function end(runId: string): Promise<void> {
  await engineOfRun(runId).reap(runId);
  process.stdout.write(`${runId} is down.\n`);
}

function onlyOf(runIds: readonly string[]): readonly string[] {
  if (runIds.length < 2) return runIds;
  throw new HarnessError(`There are several runs: ${runIds.join(', ')}. Name one, or use --all.`);
}
