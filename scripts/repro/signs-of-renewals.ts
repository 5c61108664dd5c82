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

/** New tokens that nobody has stored: requests after it are served, until tokens are renewed again. */
export const lostTokens: Sign = (story, first) => {
  const renewing = renewalBefore(story, first);
  if (renewing === undefined || renewing === first) return undefined;
  const request = requestAt(story, renewing);
  const served = story.requests
    .slice(renewing + 1, first)
    .filter(({ app, does, outcome }) => app === request.app && does !== 'sign in' && isServed(outcome));
  const waited = served.find(({ ms }) => ms >= slowMs);
  const reason = (after: RefusedAfter, points: number, what: string) => ({
    after,
    points,
    because: `${request.path} needed new tokens and ${what}${waited ? `, and ${waited.path} waited ${seconds(waited)} after it` : ''}`,
  });
  if (isUnavailable(request.outcome)) return reason('a kill in a refresh', 10, `was answered ${request.outcome}`);
  if (waited && request.ms >= slowMs) return reason('a deploy in a refresh', 10, `took ${seconds(request)}`);
  return served.length > 0 && isServed(request.outcome)
    ? reason('a refused write', 9, 'the session was served after it, and then no more')
    : undefined;
};

export const expiryAtAuthentik: Sign = (story, first) =>
  renewal(story, first) && nextSignIn(story, first)?.asked
    ? {
        after: 'an expiry at Authentik',
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
