import type { Happening, Plan, PlanStep, StoryRequest } from '../../e2e/replays/plan.ts';
import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../../e2e/explore/model.ts';
import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { isOutdated, rolloutsIn } from './pods.ts';
import { refusalsIn } from './refusals.ts';
import type { Story } from './story.ts';
import { troubles } from './trouble-during.ts';

/** The pod of each request of a story; undefined: whichever the edge chooses. */
export type Assignment = (index: number) => PodIndex | undefined;

/** Shorter gaps change nothing. */
const leastSeconds = 5;

/**
 * A story as steps: its requests, what it shows to have happened between them, and what must have happened as well if
 * the refusals came after `hidden`.
 */
export function planOf(story: Story, assignment: Assignment, hidden?: RefusedAfter): Plan {
  const [first = -1] = refusalsIn(story);
  const trouble = hidden && troubles[hidden];
  const isStruck = trouble?.during(story) ?? (() => false);
  const rollouts = rolloutsIn(story);
  const steps: PlanStep[] = [];
  let previous = 0;
  let inTrouble = false;
  for (const [index, request] of story.requests.entries()) {
    const seconds = Math.round((request.at - previous) / 1000);
    previous = request.at;
    if (isOutdated(story, index)) continue;
    const isInTrouble = isStruck(request);
    if (trouble && inTrouble && !isInTrouble) steps.push({ do: 'trouble ends', of: trouble.of });
    if (seconds >= leastSeconds) steps.push({ do: 'time passes', seconds });
    for (const { app, isRelease } of rollouts.filter(({ before }) => before === index))
      steps.push({ do: 'roll out', app, isRelease });
    if (index === first) steps.push(...hiddenHappening(hidden, request, rollouts.length > 0));
    if (trouble && !inTrouble && isInTrouble)
      steps.push({ do: 'trouble begins', of: trouble.of, app: request.app, pod: assignment(index) ?? 0 });
    inTrouble = isInTrouble;
    steps.push({ do: 'request', index, request, pod: assignment(index) });
  }
  if (trouble && inTrouble) steps.push({ do: 'trouble ends', of: trouble.of });
  return { steps, hasRoles: hidden !== 'a missing role' };
}

const happenings: Partial<Record<RefusedAfter, (app: AppName) => Happening>> = {
  'a sign-out on another device': (app) => ({ do: 'sign out on another device', app }),
  'an end at Authentik': (app) => ({ do: 'end at Authentik', app }),
  'a restart': (app) => ({ do: 'roll out', app, isRelease: false }),
  'a release': (app) => ({ do: 'roll out', app, isRelease: true }),
};

/** Whether it can have happened although the recording does not show it. */
export const mayBeHidden = (after: RefusedAfter): boolean => after in troubles || after in happenings;

function hiddenHappening(hidden: RefusedAfter | undefined, { app }: StoryRequest, isRolledOut: boolean): Happening[] {
  const happening = hidden && happenings[hidden]?.(app);
  return happening && !(happening.do === 'roll out' && isRolledOut) ? [happening] : [];
}
