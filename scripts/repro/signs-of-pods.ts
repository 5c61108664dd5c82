import { isRefused, isServed } from '../../e2e/replays/outcome.ts';
import { rolloutsIn } from './pods.ts';
import { before, following, requestAt, type Sign } from './signs.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';

export const anotherPod: Sign = (story, first) => {
  const rest = following(story, first).filter(({ does }) => does !== 'sign out');
  const served = rest.filter(({ outcome }) => isServed(outcome));
  const refused = rest.filter(({ outcome }) => isRefused(outcome));
  if (served.length === 0) return undefined;
  const podsOf = (requests: StoryRequest[]) => new Set(requests.flatMap(({ pod }) => pod ?? []));
  const [good, bad] = [
    podsOf([...before(story, first).filter(({ outcome }) => isServed(outcome)), ...served]),
    podsOf(refused),
  ];
  if (bad.size === 0)
    return {
      after: 'another pod',
      points: 4,
      because: 'the same session is refused and served again without a sign-in',
    };
  if (good.isDisjointFrom(bad))
    return {
      after: 'another pod',
      points: 8,
      because: `${[...bad].join(', ')} refuses what ${[...good].join(', ')} serves`,
    };
  return undefined;
};

export const missingRole: Sign = (story, first) => {
  const rest = following(story, first);
  const paths = (test: (outcome: string) => boolean) =>
    new Set(rest.filter(({ outcome }) => test(outcome)).map(({ path }) => path));
  const [refused, served] = [paths(isRefused), paths(isServed)];
  if (served.size === 0 || !refused.isDisjointFrom(served)) return undefined;
  return { after: 'a missing role', points: 7, because: `only ${[...refused].join(', ')} is refused` };
};

export const rollout: Sign = (story, first) => {
  const { app } = requestAt(story, first);
  const lastServed = story.requests.findLastIndex(
    (request, index) => index < first && request.app === app && isServed(request.outcome),
  );
  const found = rolloutsIn(story).findLast(
    (each) => each.app === app && each.before <= first && each.before > lastServed,
  );
  if (!found) return undefined;
  return found.isRelease
    ? {
        after: 'a release',
        points: 8,
        because: `x-revision changed before it, to ${requestAt(story, found.before).revision}`,
      }
    : {
        after: 'a restart',
        points: 8,
        because: `new pods of the same revision answered, ${requestAt(story, found.before).pod} first`,
      };
};

/** A release starts pods as a restart does. */
export const restartByRelease: Sign = (story, first) => {
  const found = rollout(story, first);
  return found?.after === 'a release' ? { ...found, after: 'a restart', points: 7 } : undefined;
};

const hidden =
  (after: 'a restart' | 'a release'): Sign =>
  ({ requests }) =>
    requests.some(({ pod, revision }) => pod !== undefined || revision !== undefined)
      ? undefined
      : { after, points: 1, because: 'the recording does not name pods or revisions' };
export const hiddenRestart = hidden('a restart');
export const hiddenRelease = hidden('a release');
