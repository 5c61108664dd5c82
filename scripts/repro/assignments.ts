import * as fc from 'fast-check';
import type { PodIndex } from '../../e2e/explore/model.ts';
import { isRefused, isUnavailable } from '../../e2e/replays/outcome.ts';
import { generationsIn } from './pods.ts';
import type { Assignment } from './plan.ts';
import type { Story } from './story.ts';

export interface NamedAssignment {
  name: string;
  podOf: Assignment;
}

/** How many assignments are drawn at random when the recording does not name the pods. */
const drawn = 2;

const namesPods = ({ requests }: Story): boolean => requests.some(({ pod }) => pod !== undefined);

/** The same with these requests on the other pod. Undefined: the recording names the pods. */
export const onOtherPods = (
  story: Story,
  { name, podOf }: NamedAssignment,
  moved: readonly number[],
): NamedAssignment | undefined =>
  namesPods(story)
    ? undefined
    : {
        name: `${name.replace(moves, '')}${moves}`,
        podOf: (index) => (moved.includes(index) ? otherThan(podOf(index)) : podOf(index)),
      };
const moves = ', and those that were answered otherwise moved';

/**
 * Which pod answered each request. As recorded where the answers name it. Otherwise those that explain most: each refused
 * request on another pod than the sign-in, or on both, pods in turn, and some at random by seed.
 */
export function assignmentsOf(story: Story, seed: number): NamedAssignment[] {
  if (namesPods(story)) return [{ name: 'the pods of the recording', podOf: recorded(story) }];
  const length = story.requests.length;
  const pods = fc.array(fc.constantFrom<PodIndex>(0, 1), { minLength: length, maxLength: length });
  const random = fc.sample(pods, { seed, numRuns: drawn }).map((row, number): NamedAssignment => ({
    name: `pods at random (${number + 1} of seed ${seed})`,
    podOf: (index) => row[index],
  }));
  return [
    {
      name: 'refused requests on another pod than the others',
      podOf: (index) => (isRefused(story.requests[index]!.outcome) ? 1 : 0),
    },
    {
      name: 'refused requests on both pods',
      podOf: (index) => (isRefused(story.requests[index]!.outcome) ? ((index % 2) as PodIndex) : 0),
    },
    { name: 'pods in turn', podOf: (index) => (index % 2) as PodIndex },
    ...random,
  ];
}

/** A fleet has two pods of an app. Of more pods the first is one, and all others are the other. */
function recorded(story: Story): Assignment {
  const generations = generationsIn(story);
  const podAfter = (index: number): PodIndex | undefined => {
    const { app } = story.requests[index]!;
    const next = story.requests.findIndex(
      (request, at) => at > index && request.app === app && request.pod !== undefined,
    );
    return next === -1 ? undefined : podOf(next);
  };
  const podOf: Assignment = (index) => {
    const { app, pod, outcome } = story.requests[index]!;
    // A proxy answers for a pod that is gone, so the next answer comes from another.
    if (pod === undefined) return isUnavailable(outcome) ? otherThan(podAfter(index)) : undefined;
    const generation = generations.find((each) => each.app === app && each.pods.includes(pod));
    return generation?.pods[0] === pod ? 0 : 1;
  };
  return podOf;
}

const otherThan = (pod: PodIndex | undefined): PodIndex | undefined =>
  pod === undefined ? undefined : ((1 - pod) as PodIndex);
