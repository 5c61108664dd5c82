import { allRuns, engineOfRun } from '../../fleet/engines/engines.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';

/** The named run, or the only living one. */
export async function chooseRun(named: string | undefined): Promise<Fleet> {
  if (named !== undefined) return await engineOfRun(named).attach(named);
  const runs = await allRuns();
  const living = runs.filter(({ alive }) => alive);
  const [only, ...others] = living;
  const unknown = runs.filter(({ alive }) => alive === undefined);
  if (!only && unknown.length > 0) throw new HarnessError(unknown.map(({ problem }) => problem).join('\n'));
  if (!only) throw new HarnessError('No fleet is up. Start one with: npm run fleet -- up');
  if (others.length === 0) return await engineOfRun(only.runId).attach(only.runId);
  throw new HarnessError(`Several runs are up: ${living.map(({ runId }) => runId).join(', ')}. Name one.`);
}
