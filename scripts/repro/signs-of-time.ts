import { before, isDue, overlap, requestAt, slowMs, type Sign } from './signs.ts';

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
const hour = 3_600_000;

export const hours: Sign = (story, first) => {
  const last = before(story, first).at(-1);
  const gap = last ? requestAt(story, first).at - last.at : 0;
  return gap < hour
    ? undefined
    : { after: 'hours without use', points: 9, because: `nothing was requested for ${minutes(gap)} before it` };
};

export const renewal: Sign = (story, first) => {
  const request = requestAt(story, first);
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

export const parallel: Sign = (story, first) => {
  const request = requestAt(story, first);
  const others = story.requests.filter((other) => other.app === request.app && overlap(request, other));
  if (others.length === 0 || !renewal(story, first)) return undefined;
  return { after: 'parallel requests', points: 9, because: `${others.length + 1} requests at once needed new tokens` };
};

export const slowRefresh: Sign = (story, first) => {
  const slow = story.requests.find(
    ({ ms, does }, index) => index < first && ms >= slowMs && does !== 'sign in' && isDue(story, index),
  );
  return (
    slow && {
      after: 'a slow refresh',
      points: 9,
      because: `${slow.path} took ${(slow.ms / 1000).toFixed(1)} s before it`,
    }
  );
};
