import { isRefused, isServed, isUnavailable, signInFailed } from '../../e2e/replays/outcome.ts';
import { before, following, requestAt, type Sign } from './signs.ts';
import { renewal } from './signs-of-time.ts';

export const authentik: Sign = (story, first) => {
  const renews = renewal(story, first);
  if (!renews) return undefined;
  const { at } = requestAt(story, first);
  if (story.authentikFailed.some((failed) => failed >= at))
    return {
      after: 'an outage of Authentik',
      points: 10,
      because: 'tokens were due, and Authentik answered with errors',
    };
  const fails = story.requests.slice(first).find(({ outcome }) => outcome === signInFailed);
  return fails
    ? { after: 'an outage of Authentik', points: 8, because: 'tokens were due, and the next sign-in failed' }
    : { after: 'an outage of Authentik', points: 4, because: renews.because };
};

export const redis: Sign = (story, first) => {
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
export const anotherDevice: Sign = (story, first) =>
  following(story, first).some(({ outcome }) => isServed(outcome))
    ? undefined
    : { after: 'a sign-out on another device', points: 1, because: 'nothing in the recording speaks against it' };

export const signOut: Sign = ({ requests }, first) => {
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

export const failedSignIn: Sign = (story, first) => {
  const failed = before(story, first).some(({ outcome }) => outcome === signInFailed);
  return failed ? { after: 'a failed sign-in', points: 7, because: 'a sign-in failed before it' } : undefined;
};
