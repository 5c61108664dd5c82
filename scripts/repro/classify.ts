import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { isRefused, isServed, isUnavailable, signInFailed, signedIn } from './outcome.ts';
import { rolloutsIn } from './pods.ts';
import { refusalsIn } from './refusals.ts';
import type { Story, StoryRequest } from './story.ts';

/** A reason for the refusals that the recording speaks for. */
export interface Reason {
  after: RefusedAfter;
  /** The more, the more likely. */
  points: number;
  /** What in the recording speaks for it. */
  because: string;
}

/** Seconds after which an access token of the product is renewed: it lives 300, and is renewed 30 before. */
export const renewalSeconds = 270;
/** Milliseconds that a request waits for new tokens before it goes on without: 4000, less the time of the rest. */
export const slowMs = 3800;

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
const hour = 3_600_000;

/** What may have led to the first refusal, the likeliest first. Empty when nothing was refused. */
export function reasonsFor(story: Story): Reason[] {
  const [first] = refusalsIn(story);
  if (first === undefined) return [];
  return signs.flatMap((sign) => sign(story, first) ?? []).toSorted((a, b) => b.points - a.points);
}

type Sign = (story: Story, first: number) => Reason | undefined;

const refusedAt = ({ requests }: Story, index: number): StoryRequest => requests[index]!;

/** Requests of the same app until the person signs in again. */
const following = ({ requests }: Story, first: number): StoryRequest[] => {
  const { app } = requests[first]!;
  const end = requests.findIndex(
    (request, index) => index > first && request.app === app && request.does === 'sign in',
  );
  return requests.slice(first, end === -1 ? undefined : end).filter((request) => request.app === app);
};

const before = ({ requests }: Story, first: number): StoryRequest[] =>
  requests.slice(0, first).filter(({ app }) => app === requests[first]!.app);

const overlap = (a: StoryRequest, b: StoryRequest): boolean => a !== b && a.at < b.at + b.ms && b.at < a.at + a.ms;

const anotherPod: Sign = (story, first) => {
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

const missingRole: Sign = (story, first) => {
  const rest = following(story, first);
  const paths = (test: (outcome: string) => boolean) =>
    new Set(rest.filter(({ outcome }) => test(outcome)).map(({ path }) => path));
  const [refused, served] = [paths(isRefused), paths(isServed)];
  if (served.size === 0 || !refused.isDisjointFrom(served)) return undefined;
  return { after: 'a missing role', points: 7, because: `only ${[...refused].join(', ')} is refused` };
};

const rollout: Sign = (story, first) => {
  const { app } = refusedAt(story, first);
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
        because: `x-revision changed before it, to ${refusedAt(story, found.before).revision}`,
      }
    : {
        after: 'a restart',
        points: 8,
        because: `new pods of the same revision answered, ${refusedAt(story, found.before).pod} first`,
      };
};

/** A release starts pods as a restart does. */
const restartByRelease: Sign = (story, first) => {
  const found = rollout(story, first);
  return found?.after === 'a release' ? { ...found, after: 'a restart', points: 7 } : undefined;
};

const hiddenRestart: Sign = ({ requests }) =>
  requests.some(({ pod, revision }) => pod !== undefined || revision !== undefined)
    ? undefined
    : { after: 'a restart', points: 1, because: 'the recording does not name pods or revisions' };

const hours: Sign = (story, first) => {
  const last = before(story, first).at(-1);
  const gap = last ? refusedAt(story, first).at - last.at : 0;
  return gap < hour
    ? undefined
    : { after: 'hours without use', points: 9, because: `nothing was requested for ${minutes(gap)} before it` };
};

/** Milliseconds since the tokens were new, as far as the recording tells: each renewal is a quarter of an hour's step. */
function isDue(story: Story, index: number): boolean {
  const { app } = refusedAt(story, index);
  let renewedAt = 0;
  for (const [at, request] of story.requests.entries()) {
    if (request.app !== app) continue;
    const isOver = request.at - renewedAt >= renewalSeconds * 1000;
    if (at === index) return isOver;
    if (isOver || request.outcome === signedIn) renewedAt = request.at;
  }
  return false;
}

const renewal: Sign = (story, first) => {
  const request = refusedAt(story, first);
  const previous = story.requests.findLastIndex(
    ({ app, does }, index) => index < first && app === request.app && does !== 'sign in',
  );
  const because = 'the access token was due for renewal then';
  if (isDue(story, first)) return { after: 'a refresh', points: 5, because };
  // The renewal itself may have gone well.
  if (previous >= 0 && isDue(story, previous))
    return { after: 'a refresh', points: 8, because: 'tokens were renewed in the request before it' };
  return undefined;
};

const parallel: Sign = (story, first) => {
  const request = refusedAt(story, first);
  const others = story.requests.filter((other) => other.app === request.app && overlap(request, other));
  if (others.length === 0 || !renewal(story, first)) return undefined;
  return { after: 'parallel requests', points: 9, because: `${others.length + 1} requests at once needed new tokens` };
};

const slowRefresh: Sign = (story, first) => {
  const slow = before(story, first).find(({ ms, does }) => ms >= slowMs && does !== 'sign in');
  return (
    slow && {
      after: 'a slow refresh',
      points: 9,
      because: `${slow.path} took ${(slow.ms / 1000).toFixed(1)} s before it`,
    }
  );
};

const authentik: Sign = (story, first) => {
  const renews = renewal(story, first);
  if (!renews) return undefined;
  const fails = story.requests.slice(first).find(({ outcome }) => outcome === signInFailed);
  return fails
    ? { after: 'an outage of Authentik', points: 9, because: 'tokens were due, and the next sign-in failed' }
    : { after: 'an outage of Authentik', points: 4, because: renews.because };
};

const redis: Sign = (story, first) => {
  const unavailable = before(story, first).findLast(({ outcome }) => isUnavailable(outcome));
  if (unavailable)
    return {
      after: 'an outage of Redis',
      points: 8,
      because: `${unavailable.path} answered ${unavailable.outcome} before it`,
    };
  const rest = following(story, first);
  const again = rest.find(({ outcome }) => isServed(outcome));
  const isOneTime = again && rest.slice(rest.indexOf(again)).every(({ outcome }) => !isRefused(outcome));
  return isOneTime
    ? { after: 'an outage of Redis', points: 6, because: 'the same session is served again later' }
    : undefined;
};

/** A recording of one browser does not show it. */
const anotherDevice: Sign = (story, first) =>
  following(story, first).some(({ outcome }) => isServed(outcome))
    ? undefined
    : { after: 'a sign-out on another device', points: 1, because: 'nothing in the recording speaks against it' };

const signOut: Sign = ({ requests }, first) => {
  const { app } = requests[first]!;
  const other = requests.slice(0, first).findLast((request) => request.does === 'sign out' && request.app !== app);
  return (
    other && {
      after: 'a sign-out of the other app',
      points: 7,
      because: `the person signed out of ${other.app} before it`,
    }
  );
};

const failedSignIn: Sign = (story, first) => {
  const failed = before(story, first).some(({ outcome }) => outcome === signInFailed);
  return failed ? { after: 'a failed sign-in', points: 7, because: 'a sign-in failed before it' } : undefined;
};

const signs: readonly Sign[] = [
  anotherPod,
  missingRole,
  rollout,
  restartByRelease,
  hiddenRestart,
  hours,
  renewal,
  parallel,
  slowRefresh,
  authentik,
  redis,
  signOut,
  anotherDevice,
  failedSignIn,
];
