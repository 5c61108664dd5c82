import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { maxAnswerMs } from '../../e2e/explore/replay.ts';
import { World } from '../../e2e/explore/world.ts';
import { Player } from '../../e2e/replays/player.ts';
import type { Engine, Fleet } from '../../fleet/engines/shared/engine.ts';
import { everyApp } from '../../fixtures/every-app.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import type { Change, Switches } from '../../fleet/manifests/change.ts';
import { interruption } from '../command/interruption.ts';
import { changeOf } from '../prove/switched.ts';
import { progress } from '../command/run-command.ts';
import { measureSlowness } from '../runner/slowness.ts';

export const clientId = 'repro';

/** A fleet with these changes, whose certificates this process trusts; the caller ends it. */
export async function fleetWith(engine: Engine, changes: readonly Change[]): Promise<Fleet> {
  const fleet = await engine.up({ changes, signal: interruption, onProgress: longSteps });
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(fleet.edge.caFile, 'utf8')]);
  return fleet;
}

/** A fault on the build with all switches, also when it changes no source: so there is one build for all of them. */
export function changeWith(fault: Regression | undefined, switches: Switches): Change {
  const change = fault ? changeOf(fault, switches) : {};
  return (change.sources ?? []).length > 0 ? change : { switches, ...change };
}

/** What a fleet must have for something to be refused at all, besides the fault. */
export const conditionsOf = (after: RefusedAfter | undefined): Change[] =>
  after === 'a new session secret'
    ? [{ env: everyApp('NUXT_OIDC_SESSION_SECRET', '$(POD_NAME)-$(POD_NAME)-$(POD_NAME)') }]
    : [];

/** Builds take a minute; the other lines of a start are too many for several fleets. */
const longSteps = (line: string): void => {
  if (/ is (?:being )?built/.test(line)) progress(line);
};

/** The world of `explore` on a fleet, for replays. */
export const worldOn = (fleet: Fleet): Promise<World> =>
  World.on(fleet, {
    clientId,
    maxAnswerMs: maxAnswerMs * measureSlowness(),
    chromium: () => Promise.reject(new Error('Replays open no browser.')),
  });

/** Runs work with a player of stories on a fleet with these changes. */
export async function withPlayer<Result>(
  engine: Engine,
  changes: readonly Change[],
  work: (player: Player) => Promise<Result>,
): Promise<Result> {
  await using fleet: Fleet = await fleetWith(engine, changes);
  await using world = await worldOn(fleet);
  return await work(new Player(world));
}
