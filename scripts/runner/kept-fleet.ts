import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { listRuns } from '../../fleet/run/runs.ts';
import { interruption } from '../command/interruption.ts';
import { progress } from '../command/run-command.ts';
import { bringUpToDate, stalenessOf } from './up-to-date.ts';

/** Options of `e2e` that name a fleet which stays up. */
export interface FleetChoice {
  run?: string;
  keep?: true;
  stale?: true;
}

/**
 * The fleet of `--run` or `--keep`, up to date with this repository. With `--stale` it stays as it is.
 * @param beforeChange awaited before a fleet starts or is brought up to date; what it throws prevents that.
 * @returns also its parts that are older than this repository.
 */
export async function keptFleet(
  engine: Engine,
  { run, stale: isStaleWanted }: FleetChoice,
  beforeChange: () => Promise<unknown>,
): Promise<{ fleet: Fleet; stale: readonly string[] }> {
  const fleet = run === undefined ? await runningKept(engine) : await engine.attach(run);
  if (!fleet) {
    await beforeChange();
    return { fleet: await newKept(engine), stale: [] };
  }
  const staleness = await stalenessOf(engine, fleet);
  const { parts } = staleness;
  if (parts.length === 0) {
    progress(`${fleet.runId} is up to date with this repository.`);
    return { fleet, stale: [] };
  }
  if (!isStaleWanted) {
    await beforeChange();
    return { fleet: await bringUpToDate(engine, fleet, staleness), stale: [] };
  }
  progress(`${fleet.runId} is tested as it is (--stale). Older than this repository: ${parts.join(', ')}.`);
  return { fleet, stale: parts };
}

const keptId = (engine: Engine): string => `kept-${engine.name}`;

async function runningKept(engine: Engine): Promise<Fleet | undefined> {
  const runId = keptId(engine);
  const kept = listRuns().find((run) => run.runId === runId && run.alive);
  return kept && staying(await engine.attach(runId));
}

const newKept = async (engine: Engine): Promise<Fleet> =>
  staying(await engine.up({ runId: keptId(engine), detached: true, onProgress: progress, signal: interruption }));

function staying(fleet: Fleet): Fleet {
  progress(`${fleet.runId} stays up: npm run fleet -- down ${fleet.runId}`);
  return fleet;
}
