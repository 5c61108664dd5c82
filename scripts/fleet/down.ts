import { clearAbandonedBuilds } from '../../fleet/build/builds.ts';
import { allRuns, engineOfRun, reapOrphans } from '../../fleet/engines/engines.ts';
import { HarnessError } from '../../fleet/errors.ts';

/**
 * `fleet down`: the named run, the only one, or all of them. Abandoned runs are removed always, and first. If there
 * were any and no run is named, only those are removed.
 */
export async function down(named: string | undefined, options: { all?: boolean }): Promise<void> {
  const runs = await allRuns();
  const living = runs.filter(({ alive }) => alive).map(({ runId }) => runId);
  const abandoned = runs.filter(({ alive }) => !alive).map(({ runId }) => runId);
  for (const { problem } of runs) if (problem) process.stdout.write(`${problem}\n`);
  await clearAbandonedBuilds();
  await end(abandoned);
  const orphans = await reapOrphans();
  for (const runId of orphans) process.stdout.write(`${runId}, whose files are gone, is down.\n`);
  const gone = [...abandoned, ...orphans];
  if (named === undefined && !options.all && gone.length > 0) {
    if (living.length > 0) process.stdout.write(stillUp(living));
    return;
  }
  const wanted = options.all ? living : named === undefined ? onlyOf(living) : [named];
  await end(wanted.filter((runId) => !gone.includes(runId)));
  if (wanted.length + gone.length === 0) process.stdout.write('No fleet is up.\n');
}

const stillUp = (living: readonly string[]): string =>
  living.length === 1
    ? `Still up: ${living[0]}. To end it: npm run fleet -- down ${living[0]}\n`
    : `Still up: ${living.join(', ')}. To end one: npm run fleet -- down <run>; all: npm run fleet -- down --all\n`;

async function end(runIds: readonly string[]): Promise<void> {
  for (const runId of runIds) {
    await engineOfRun(runId).reap(runId);
    process.stdout.write(`${runId} is down.\n`);
  }
}

function onlyOf(living: readonly string[]): readonly string[] {
  if (living.length < 2) return living;
  throw new HarnessError(`Several runs are up: ${living.join(', ')}. Name one, or use --all.`);
}
