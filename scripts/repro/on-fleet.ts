import { shippedApps } from '../../fleet/product/images.ts';
import { maxAnswerMs } from '../../e2e/explore/replay.ts';
import { World } from '../../e2e/explore/world.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import type { Regression } from '../../fixtures/regressions/regression.ts';
import type { Change, Switches } from '../../fleet/manifests/change.ts';
import { trustAuthority } from '../../fleet/run/authority.ts';
import { interruption } from '../command/interruption.ts';
import { changeOf } from '../prove/switched.ts';
import { progress } from '../command/run-command.ts';
import { measureSlowness } from '../runner/slowness.ts';
import { StoryPlayer } from './player.ts';

export const reproClientId = 'repro';

/** Builds take a minute; the other lines of a start are too many for several fleets. */
const longSteps = (line: string): void => {
  if (/ is (?:being )?built/.test(line)) progress(line);
};

/** A fleet with this change, whose certificates this process trusts; the caller ends it. */
export async function fleetWith(engine: Engine, change: Change, onProgress = longSteps): Promise<Fleet> {
  const fleet = await engine.up({ changes: [change], signal: interruption, onProgress });
  trustAuthority(fleet.edge.caFile);
  return fleet;
}

/** A fault on the build with all switches, also when it changes no source: so there is one build for all of them. */
export function changeWith(fault: Regression | undefined, switches: Switches): Change {
  const change = fault
    ? changeOf(
        fault,
        switches,
        shippedApps.map(({ app }) => app),
      )
    : {};
  return (change.sources ?? []).length > 0 ? change : { switches, ...change };
}

/** Runs work with a player of stories on a fleet with this change. */
export async function withPlayer<Result>(
  engine: Engine,
  change: Change,
  work: (player: StoryPlayer) => Promise<Result>,
): Promise<Result> {
  await using fleet: Fleet = await fleetWith(engine, change);
  await using world = await World.on(fleet, { clientId: reproClientId, maxAnswerMs: maxAnswerMs * measureSlowness() });
  return await work(new StoryPlayer(world));
}
