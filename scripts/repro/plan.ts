import type { PodIndex } from '../../e2e/explore/model.ts';
import type { FleetEvent } from './fleet-events.ts';
import { podsIn } from './rollouts.ts';
import { burstsOf, wrongResponsesIn, type Story, type StoryRequest } from './story.ts';

export interface RequestStep {
  do: 'request';
  /** Of the request in the story. */
  index: number;
  request: StoryRequest;
  pod: PodIndex | undefined;
}
export type ReplayStep = FleetEvent | RequestStep;

/** Shorter gaps change nothing, in seconds. */
const leastGapSeconds = 5;

/**
 * A story as steps: its requests, each on the pod of the recording, and the time and the rollouts between them.
 * @param options.losesSession the session is removed from Redis before the first wrong response.
 */
export function replayPlanOf(story: Story, { losesSession = false } = {}): ReplayStep[] {
  const [first = -1] = wrongResponsesIn(story);
  // Of concurrent requests any may have caused what the others show.
  const [lossBefore] =
    burstsOf([...story.requests.keys()], (index) => story.requests[index]).find((burst) => burst.includes(first)) ?? [];
  const pods = podsIn(story);
  let previous = 0;
  return story.requests.flatMap((request, index): ReplayStep[] => {
    const seconds = Math.round((request.at - previous) / 1000);
    previous = request.at;
    if (pods.isOutdated(index)) return [];
    return [
      ...(seconds >= leastGapSeconds ? [{ do: 'time passes' as const, seconds }] : []),
      ...pods.rollouts
        .filter(({ before }) => before === index)
        .map(({ app, isRelease }) => ({ do: 'roll out' as const, app, isRelease })),
      ...(losesSession && index === lossBefore ? [{ do: 'lose the session' as const, app: request.app }] : []),
      { do: 'request', index, request, pod: pods.podOf(index) },
    ];
  });
}
