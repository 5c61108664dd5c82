import * as fc from 'fast-check';
import type { PodIndex } from '../../e2e/explore/model.ts';
import { isRefused } from './outcome.ts';
import { generationsIn } from './pods.ts';
import type { Assignment } from './plan.ts';
import type { Story } from './story.ts';

export interface NamedAssignment {
  name: string;
  podOf: Assignment;
}

/** How many assignments are drawn at random when the recording does not name the pods. */
const drawn = 2;

/**
 * Which pod answered each request. As recorded where the answers name it. Otherwise those that explain most: each refused
 * request on another pod than the sign-in, pods in turn, and some at random by seed.
 */
export function assignmentsOf(story: Story, seed: number): NamedAssignment[] {
  if (story.requests.some(({ pod }) => pod !== undefined))
    return [{ name: 'the pods of the recording', podOf: recorded(story) }];
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
    { name: 'pods in turn', podOf: (index) => (index % 2) as PodIndex },
    ...random,
  ];
}

/** A fleet has two pods of an app. Of more pods the first is one, and all others are the other. */
function recorded(story: Story): Assignment {
  const generations = generationsIn(story);
  return (index) => {
    const { app, pod } = story.requests[index]!;
    if (pod === undefined) return undefined;
    const generation = generations.find((each) => each.app === app && each.pods.includes(pod));
    return generation?.pods[0] === pod ? 0 : 1;
  };
}
