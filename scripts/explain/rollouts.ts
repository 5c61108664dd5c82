import { isRefused } from './outcome.ts';
import type { Story, StoryRequest } from './story.ts';

/** The pods of an app that ran at the same time. A rollout replaces them. */
interface Generation<App> {
  app: App;
  /** The first request that one of them answered. */
  from: number;
  pods: string[];
  revision: string | undefined;
}

/** One of the two pods of an app in a fleet. */
type PodIndex = 0 | 1;

export interface RecordedPods<App extends string = string> {
  /** `before` is the first request that a new pod answered. */
  rollouts: ReadonlyArray<{ app: App; before: number; isRelease: boolean }>;
  /**
   * A fleet has two pods of an app: the first of a generation is one, and all others are the other. Of a recording that
   * names no pods, the requests that were refused are on the other. Undefined: whichever the edge chooses.
   */
  podOf(index: number): PodIndex | undefined;
  /** Whether a newer pod has answered before: old and new pods ran side by side, and only one can be replayed. */
  isOutdated(index: number): boolean;
}

/** `operator-6c9f7d5b8-x2x7q` without its last part: the name of its ReplicaSet. */
const replicaSetOf = (pod: string): string => pod.replace(/-[^-]*$/, '');

const keyOf = ({ app, pod = '', revision = '' }: StoryRequest): string => `${app} ${replicaSetOf(pod)} ${revision}`;

export function podsIn<App extends string>({ requests }: Story<App>): RecordedPods<App> {
  const generations = new Map<string, Generation<App>>();
  for (const [from, request] of requests.entries()) {
    const { app, pod, revision } = request;
    if (pod === undefined && revision === undefined) continue;
    const generation = generations.get(keyOf(request)) ?? { app, from, pods: [], revision };
    generations.set(keyOf(request), generation);
    if (pod !== undefined && !generation.pods.includes(pod)) generation.pods.push(pod);
  }
  const all = [...generations.values()];
  const namesPods = all.some(({ pods }) => pods.length > 0);
  return {
    rollouts: all.flatMap(({ app, from, revision }) => {
      const previous = all.findLast((each) => each.app === app && each.from < from);
      return previous ? [{ app, before: from, isRelease: previous.revision !== revision }] : [];
    }),
    podOf: (index) => {
      const request = requests[index]!;
      if (!namesPods) return isRefused(request.outcome) ? 1 : 0;
      if (request.pod === undefined) return undefined;
      return generations.get(keyOf(request))?.pods[0] === request.pod ? 0 : 1;
    },
    isOutdated: (index) => {
      const own = generations.get(keyOf(requests[index]!));
      return own !== undefined && all.some(({ app, from }) => app === own.app && from > own.from && from < index);
    },
  };
}
