import type { AppName } from '../../apps/environment/apps.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';
import type { Story } from './story.ts';

/** The pods of an app that ran at the same time, and when the first of them was seen. */
interface Generation {
  app: AppName;
  /** Of the request in the story that saw it first. */
  from: number;
  pods: string[];
  revision: string | undefined;
}

/** `operator-6c9f7d5b8-x2x7q` without its last part: the name of its ReplicaSet. */
const replicaSetOf = (pod: string): string => pod.replace(/-[^-]*$/, '');

const generationKey = ({ pod = '', revision = '' }: StoryRequest): string => `${replicaSetOf(pod)} ${revision}`;

const found = new WeakMap<Story, Generation[]>();

/** The generations of pods that answered, by app, the oldest first. A rollout makes a new one. */
export function generationsIn(story: Story): Generation[] {
  const generations = found.get(story) ?? findGenerations(story);
  found.set(story, generations);
  return generations;
}

function findGenerations({ requests }: Story): Generation[] {
  const known = new Map<string, Generation>();
  for (const [index, request] of requests.entries()) {
    if (request.pod === undefined && request.revision === undefined) continue;
    const key = `${request.app} ${generationKey(request)}`;
    const generation = known.get(key) ?? { app: request.app, from: index, pods: [], revision: request.revision };
    known.set(key, generation);
    if (request.pod !== undefined && !generation.pods.includes(request.pod)) generation.pods.push(request.pod);
  }
  return [...known.values()];
}

/** A rollout that the recording shows. */
export interface Rollout {
  app: AppName;
  /** The first request that a new pod answered. */
  before: number;
  isRelease: boolean;
}

export function rolloutsIn(story: Story): Rollout[] {
  const generations = generationsIn(story);
  return generations.flatMap((generation) => {
    const previous = generations.findLast(({ app, from }) => app === generation.app && from < generation.from);
    if (!previous) return [];
    return [{ app: generation.app, before: generation.from, isRelease: previous.revision !== generation.revision }];
  });
}

/** Whether pods answer requests after a newer one did: then old and new pods ran side by side, and only one can be replayed. */
export const isOutdated = (story: Story, index: number): boolean => {
  const request = story.requests[index]!;
  const own = generationsIn(story).filter(({ app }) => app === request.app);
  const mine = own.findIndex(({ pods, revision }) =>
    request.pod === undefined
      ? revision === request.revision
      : pods.includes(request.pod) && revision === request.revision,
  );
  return mine >= 0 && own.slice(mine + 1).some(({ from }) => from < index);
};
