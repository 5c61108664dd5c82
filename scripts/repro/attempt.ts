import { interruption } from '../command/interruption.ts';
import type { RefusedAfter, Regression } from '../../fixtures/regressions/regression.ts';
import { assignmentsOf, onOtherPods, type NamedAssignment } from './assignments.ts';
import { byFit, fitOf, isExact, type Fit } from './fit.ts';
import type { Plan } from '../../e2e/replays/plan.ts';
import { planOf } from './plan.ts';
import type { Played } from '../../e2e/replays/player.ts';
import type { Story } from './story.ts';

/** The best replay with one fault, or with none. */
export interface Attempt {
  fault?: Regression;
  /** What was assumed to have happened although the recording does not show it. */
  hidden?: RefusedAfter;
  /** Which pods answered. */
  assignment: string;
  plan: Plan;
  fit: Fit;
  /** Number of replays that were made. */
  replays: number;
}

interface Player {
  play(plan: Plan): Promise<Played>;
}

/**
 * Replays a story until a replay agrees with all of it: over assignments of requests to pods, with and without what the
 * recording may not show.
 * @param options.assumptions what is assumed to have happened, one after the other; undefined: only what is recorded.
 */
export async function attempt(
  player: Player,
  story: Story,
  {
    seed,
    assumptions,
    fault,
  }: { seed: number; assumptions: ReadonlyArray<RefusedAfter | undefined>; fault?: Regression },
): Promise<Attempt> {
  const attempts: Attempt[] = [];
  const seen = new Set<string>();
  const make = async (
    { name, podOf }: NamedAssignment,
    assumed: RefusedAfter | undefined,
  ): Promise<Fit | undefined> => {
    const plan = planOf(story, podOf, assumed);
    // What the recording shows anyway changes nothing.
    const key = JSON.stringify(plan);
    if (seen.has(key)) return undefined;
    seen.add(key);
    interruption.throwIfAborted();
    const fit = fitOf(story, await player.play(plan));
    attempts.push({
      ...(fault && { fault }),
      ...(assumed && { hidden: assumed }),
      assignment: name,
      plan,
      fit,
      replays: seen.size,
    });
    return fit;
  };
  for (const assumed of assumptions) {
    const assignments = assignmentsOf(story, seed);
    // Without a fault every pod answers the same, so one assignment is enough for what is only assumed.
    for (const assignment of fault === undefined && assumed ? assignments.slice(0, 1) : assignments) {
      let next: NamedAssignment | undefined = assignment;
      let previous: Fit | undefined;
      while (next) {
        const fit: Fit | undefined = await make(next, assumed);
        if (fit && isExact(fit)) return attempts.at(-1)!;
        if (!fit) break;
        const isFewer = !previous || fit.others.length < previous.others.length;
        const isLater = !previous || fit.others[0]! > previous.others[0]!;
        if (!isFewer && !isLater) break;
        // Later answers may depend on the first one, so that alone is moved when moving all did not help.
        next = onOtherPods(story, next, isFewer ? fit.others : fit.others.slice(0, 1));
        previous = fit;
      }
    }
  }
  const [best] = attempts.toSorted((a, b) => byFit(a.fit, b.fit));
  return { ...best!, replays: seen.size };
}
