import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import type { Engine } from '../../fleet/engines/shared/engine.ts';
import type { Switches } from '../../fleet/manifests/change.ts';
import { regressions } from '../../fixtures/regressions/catalogue.ts';
import { switchesOf } from '../prove/switched.ts';
import { progress } from '../command/run-command.ts';
import { attempt, type Attempt } from './attempt.ts';
import { candidatesFor, type Candidate, type Faults } from './candidates.ts';
import type { Reason } from './signs.ts';
import { byFit, isExact } from './fit.ts';
import { changeWith, conditionsOf, withPlayer } from './on-fleet.ts';
import { mayBeHidden } from './plan.ts';
import { shortestOf, type Shortest } from './shortest.ts';
import type { Story } from './story.ts';

export interface Investigation {
  /** The story on this code, without a fault. */
  healthy: Attempt;
  /** With faults, the best fit first; of equal ones, the one for which the recording speaks more. */
  attempts: readonly Attempt[];
  /** The shortest part of the story that is still refused, and the fault with which it is. Absent: no replay was refused. */
  shortest?: Shortest & { fault?: Regression | undefined };
}

/** Plays a story on a fleet without a fault, and on one with each fault that may explain it. */
export async function investigate(
  story: Story,
  reasons: readonly Reason[],
  { seed, faults, engine }: { seed: number; faults: Faults; engine: Engine },
): Promise<Investigation> {
  // First, so that a wrong name costs no build.
  const candidates = await candidatesFor(reasons, faults, engine);
  // The whole catalogue in one build, which `prove` uses as well.
  const switches = await switchesOf(await regressions());
  const hidden = reasons.map(({ after }) => after).filter(mayBeHidden);
  const healthy = await withPlayer(engine, [changeWith(undefined, switches)], (player) =>
    attempt(player, story, { seed, assumptions: [undefined, ...hidden] }),
  );
  progress(`without a fault: ${healthy.fit.fits} of ${healthy.fit.of} requests as recorded`);
  const attempts = isExact(healthy.fit) ? [] : await tryAll(candidates, { story, seed, engine, switches });

  const best = [...attempts, healthy].find(({ fit }) => fit.shows);
  if (!best) return { healthy, attempts };
  progress('Looking for the shortest sequence …');
  const changes = [changeWith(best.fault, switches), ...conditionsOf(best.fault?.refusedAfter)];
  const shortest = await withPlayer(engine, changes, (player) => shortestOf(best.plan, story, player));
  return { healthy, attempts, ...(shortest && { shortest: { ...shortest, fault: best.fault } }) };
}

/** A fault shows after what its regression names, so that is tried first. */
export const assumptionsFor = (after: RefusedAfter | undefined): Array<RefusedAfter | undefined> =>
  after ? [after, undefined] : [undefined];

/** Ends after a fit of all requests, when the faults for which as much speaks have been tried too. */
async function tryAll(
  candidates: readonly Candidate[],
  { story, seed, engine, switches }: { story: Story; seed: number; engine: Engine; switches: Switches },
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  let enough = -Infinity;
  for (const { fault, after, points } of candidates) {
    if (points < enough) break;
    const changes = [changeWith(fault, switches), ...conditionsOf(after)];
    const made = await withPlayer(engine, changes, (player) =>
      attempt(player, story, { seed, assumptions: assumptionsFor(after), fault }),
    );
    progress(`${fault.name}: ${made.fit.fits} of ${made.fit.of}`);
    attempts.push(made);
    if (isExact(made.fit)) enough = points;
  }
  return attempts.toSorted((a, b) => byFit(a.fit, b.fit));
}
