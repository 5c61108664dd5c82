import { isRefused } from '../../e2e/replays/outcome.ts';
import type { Plan, PlanStep } from '../../e2e/replays/plan.ts';
import type { Played } from '../../e2e/replays/player.ts';
import { refusalsIn } from './refusals.ts';
import type { Story } from './story.ts';

/** The shortest sequence that was found, the last step of which is refused. */
export interface Shortest {
  plan: Plan;
  /** Of the last request, in the replay. */
  outcome: string;
}

/** Milliseconds after which the shortest sequence so far is good enough. */
const limitMs = 90_000;

interface Player {
  play(plan: Plan): Promise<Played>;
}

/** Leaves out steps, in parts of half the size each time, as long as the last request is refused. Undefined: it is not. */
export async function shortestOf(
  { steps: all, hasRoles }: Plan,
  story: Story,
  player: Player,
  deadline = performance.now() + limitMs,
): Promise<Shortest | undefined> {
  const [refused] = refusalsIn(story);
  const end = all.findIndex((step) => step.do === 'request' && step.index === refused);
  if (refused === undefined || end === -1) return undefined;
  const outcomeOf = async (steps: readonly PlanStep[]): Promise<string> =>
    (await player.play({ steps, hasRoles })).get(refused) ?? '';

  const last = all[end]!;
  let kept = all.slice(0, end);
  let outcome = await outcomeOf([...kept, last]);
  if (!isRefused(outcome)) return undefined;
  const isStillRefused = async (steps: readonly PlanStep[]): Promise<boolean> => {
    const seen = await outcomeOf([...steps, last]);
    if (isRefused(seen)) outcome = seen;
    return isRefused(seen);
  };
  for (let size = kept.length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = Math.max(0, kept.length - size); from >= 0; from -= size) {
      if (performance.now() > deadline) break;
      const removable = kept.slice(from, from + size);
      if (removable.length === 0 || !canGo(removable, last)) continue;
      const shorter = kept.toSpliced(from, size);
      if (await isStillRefused(shorter)) kept = shorter;
    }
  }
  const plan = { steps: [...kept, last], hasRoles };
  return { plan, outcome };
}

/** Without its sign-in a session would begin on a pod that nobody knows. */
const canGo = (steps: readonly PlanStep[], last: PlanStep): boolean =>
  !steps.some((step) => step.do === 'request' && step.request.does === 'sign in' && isSameApp(step, last));

const isSameApp = (one: PlanStep, other: PlanStep): boolean =>
  one.do === 'request' && other.do === 'request' && one.request.app === other.request.app;
