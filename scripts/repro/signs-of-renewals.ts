import type { RefusedAfter } from '../../fixtures/regressions/regression.ts';
import { isReplaced, isServed, isUnavailable, signInFailed } from '../../e2e/replays/outcome.ts';
import { overlap, renewalBefore, requestAt, slowMs, type Sign } from './signs.ts';
import { renewal } from './signs-of-time.ts';
import type { StoryRequest } from '../../e2e/replays/plan.ts';
import type { Story } from './story.ts';

/** A request to a pod that stands still takes longer than any other. */
const pausedMs = 7000;

const seconds = ({ ms }: StoryRequest): string => `${(ms / 1000).toFixed(1)} s`;

/** The next sign-in after a refused request, with no sign-out before it. */
const nextSignIn = ({ requests }: Story, first: number): StoryRequest | undefined => {
  const next = requests
    .slice(first)
    .find(({ app, does }) => app === requests[first]!.app && (does === 'sign in' || does === 'sign out'));
  return next?.does === 'sign in' ? next : undefined;
};

export const pausedPod: Sign = (story, first) => {
  const renewing = renewalBefore(story, first);
  if (renewing === undefined) return undefined;
  const request = requestAt(story, renewing);
  const isAlone = !story.requests.some((other) => other.app === request.app && overlap(request, other));
  return request.ms < pausedMs || isAlone
    ? undefined
    : {
        after: 'a pause in a refresh',
        points: 10,
        because: `${request.path} needed new tokens and took ${seconds(request)}, and other requests did not`,
      };
};

/** New tokens that nobody has stored: requests after it wait for a lock that nobody frees, or for nothing. */
export const lostTokens: Sign = (story, first) => {
  const renewing = renewalBefore(story, first);
  if (renewing === undefined || renewing === first) return undefined;
  const request = requestAt(story, renewing);
  const waited = story.requests
    .slice(renewing + 1, first)
    .find(({ app, ms, outcome }) => app === request.app && ms >= slowMs && isServed(outcome));
  const reason = (after: RefusedAfter, what: string) => ({
    after,
    points: 10,
    because: `${request.path} needed new tokens and ${what}${waited ? `, and ${waited.path} waited ${seconds(waited)} after it` : ''}`,
  });
  if (isUnavailable(request.outcome)) return reason('a kill in a refresh', `was answered ${request.outcome}`);
  if (!waited) return undefined;
  return request.ms >= slowMs
    ? reason('a deploy in a refresh', `took ${seconds(request)}`)
    : reason('a refused write', `took only ${seconds(request)}`);
};

export const endAtAuthentik: Sign = (story, first) =>
  renewal(story, first) && nextSignIn(story, first)?.asked
    ? {
        after: 'an end at Authentik',
        points: 9,
        because: 'tokens were due, and Authentik asked who it is at the next sign-in',
      }
    : undefined;

export const clientSecret: Sign = (story, first) =>
  renewal(story, first) && nextSignIn(story, first)?.outcome === signInFailed && story.authentikFailed.length === 0
    ? {
        after: 'a new client secret',
        points: 9,
        because: 'tokens were due, and the next sign-in failed although Authentik answered',
      }
    : undefined;

export const sessionSecret: Sign = (story, first) =>
  isReplaced(requestAt(story, first).outcome)
    ? { after: 'a new session secret', points: 10, because: 'the refused answer set another session cookie' }
    : undefined;
