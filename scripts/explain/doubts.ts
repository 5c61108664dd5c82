import { isSignedIn } from './outcome.ts';
import { requestSentence, wrongResponsesIn, type Story, type StoryRequest } from './story.ts';

/** The `Date` of responses has whole seconds, and a slow network delays it. */
const mostClockMs = 60_000;

/** The place of the response that a cache repeated, -1 if none. A proxy may give different requests the same id. */
export function originalOf(requests: readonly StoryRequest[], copy: StoryRequest): number {
  const same = requests.filter(({ requestId }) => requestId !== undefined && requestId === copy.requestId);
  const isCopy = same.every(
    ({ path, reason, pod, outcome }) =>
      path === copy.path && reason === copy.reason && pod === copy.pod && outcome.status === copy.outcome.status,
  );
  return isCopy && copy.pod !== undefined && same[0] !== copy ? requests.indexOf(same[0]!) : -1;
}

export const isOfCache = (requests: readonly StoryRequest[], request: StoryRequest): boolean =>
  request.cached !== undefined || originalOf(requests, request) >= 0;

/** Whether something on the way answered, as the other responses of the app show. */
export const isOfNoPod = (requests: readonly StoryRequest[], { app, pod, outcome }: StoryRequest): boolean =>
  pod === undefined && outcome.status !== 0 && requests.some((each) => each.app === app && each.pod !== undefined);

/** The first request of another session than the one before it, although nobody had signed in again. */
function otherSessionIn(requests: readonly StoryRequest[]): StoryRequest | undefined {
  const labels = new Map<string, string>();
  return requests.find(({ app, session, outcome }) => {
    if (isSignedIn(outcome)) labels.delete(app);
    if (session === undefined) return false;
    const known = labels.get(app) ?? session;
    labels.set(app, known);
    return session !== known;
  });
}

function areTimesUnsure({ requests, isTimeUnsure }: Story): boolean {
  const offsets = requests.flatMap(({ clockOffset }) => clockOffset ?? []);
  return isTimeUnsure || Math.max(...offsets) - Math.min(...offsets) > mostClockMs;
}

/** What makes doubtful what an app says: signs that a cache, a proxy or another session took part. */
export function doubtsAbout(story: Story): string[] {
  const { requests } = story;
  const named = (request: StoryRequest): string =>
    `request ${requests.indexOf(request) + 1}, ${requestSentence(request)}`;
  const copy = requests.find((each) => isOfCache(requests, each));
  const withoutPod = requests.find((each) => isOfNoPod(requests, each));
  const strange = otherSessionIn(requests);
  const [first, ...others] = wrongResponsesIn(story).map((index) => requests[index]!);
  const other = others.find(({ app, reason }) => app !== first?.app || reason !== first.reason);
  return [
    ...(copy ? [`A cache may have answered ${named(copy)}.`] : []),
    ...(withoutPod ? [`No pod answered ${named(withoutPod)}.`] : []),
    ...(strange ? [`The session of ${named(strange)}, is another one than before.`] : []),
    ...(areTimesUnsure(story) ? ['A clock was set while it was recorded, or old responses were repeated.'] : []),
    ...(other
      ? [`What ended the session may be another thing: ${named(other)}, was not refused for this reason.`]
      : []),
  ];
}
