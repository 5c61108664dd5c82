import { engineOfRun } from '../../fleet/product/fleet.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { listRuns } from '../../fleet/run/runs.ts';

export interface RunOption {
  run?: string;
}

/** The named run, or the only living one. */
export async function chooseRun(named: string | undefined): Promise<Fleet> {
  if (named !== undefined) return await engineOfRun(named).attach(named);
  const living = listRuns().filter(({ alive }) => alive);
  const [only, ...others] = living;
  if (!only) throw new HarnessError('No fleet is up. Start one with: npm run fleet -- up');
  if (others.length === 0) return await engineOfRun(only.runId).attach(only.runId);
  throw new HarnessError(`Several runs are up: ${living.map(({ runId }) => runId).join(', ')}. Name one.`);
}
