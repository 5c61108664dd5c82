import type { FleetEvent, Plan, PlanStep, StoryRequest } from '../../e2e/replays/plan.ts';
import type { AppName } from '../../apps/environment/apps.ts';
import type { PodIndex } from '../../e2e/explore/model.ts';
import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { isOutdated, rolloutsIn } from './pods.ts';
import { refusalsIn } from './refusals.ts';
import type { Story } from './story.ts';
import { disruptions } from './disruptions-of.ts';

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
  const disruption = hidden && disruptions[hidden];
  const runsDuring = disruption?.during(story) ?? (() => false);
  const rollouts = rolloutsIn(story);
  const steps: PlanStep[] = [];
  let previous = 0;
  let wasDuring = false;
  for (const [index, request] of story.requests.entries()) {
    const seconds = Math.round((request.at - previous) / 1000);
    previous = request.at;
    if (isOutdated(story, index)) continue;
    const isDuring = runsDuring(request);
    if (disruption && wasDuring && !isDuring) steps.push({ do: 'disruption ends', of: disruption.of });
    if (seconds >= leastSeconds) steps.push({ do: 'time passes', seconds });
    for (const { app, isRelease } of rollouts.filter(({ before }) => before === index))
      steps.push({ do: 'roll out', app, isRelease });
    if (index === first) steps.push(...hiddenEvent(hidden, request, rollouts.length > 0));
    if (disruption && !wasDuring && isDuring)
      steps.push({ do: 'disruption begins', of: disruption.of, app: request.app, pod: assignment(index) ?? 0 });
    wasDuring = isDuring;
    steps.push({ do: 'request', index, request, pod: assignment(index) });
  }
  if (disruption && wasDuring) steps.push({ do: 'disruption ends', of: disruption.of });
  return { steps, hasRoles: hidden !== 'a missing role' };
}

const events: Partial<Record<RefusedAfter, (app: AppName) => FleetEvent>> = {
  'a sign-out on another device': (app) => ({ do: 'sign out on another device', app }),
  'an expiry at Authentik': (app) => ({ do: 'expiry at Authentik', app }),
  'a restart': (app) => ({ do: 'roll out', app, isRelease: false }),
  'a release': (app) => ({ do: 'roll out', app, isRelease: true }),
};

/** Whether it can have happened although the recording does not show it. */
export const mayBeHidden = (after: RefusedAfter): boolean => after in disruptions || after in events;

function hiddenEvent(hidden: RefusedAfter | undefined, { app }: StoryRequest, isRolledOut: boolean): FleetEvent[] {
  const event = hidden && events[hidden]?.(app);
  return event && !(event.do === 'roll out' && isRolledOut) ? [event] : [];
}
