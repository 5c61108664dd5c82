import { isSignedIn } from './outcome.ts';
import { requestSentence, wrongResponsesIn, type Story, type StoryRequest } from './story.ts';

/** The `Date` of responses has whole seconds, and a slow network delays it. */
const mostClockMs = 60_000;

/** The first request that is not as it should be, and why; undefined when all are. */
type Doubt = (story: Story) => string | undefined;

const named = ({ requests }: Story, request: StoryRequest): string =>
  `request ${requests.indexOf(request) + 1}, ${requestSentence(request)}`;

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

const copies: Doubt = (story) => {
  const copy = story.requests.find((each) => isOfCache(story.requests, each));
  return copy && `A cache may have answered ${named(story, copy)}.`;
};

const withoutPod: Doubt = (story) => {
  const strange = story.requests.find((each) => isOfNoPod(story.requests, each));
  return strange && `No pod answered ${named(story, strange)}.`;
};

const otherSessions: Doubt = (story) => {
  const labels = new Map<string, string>();
  const strange = story.requests.find(({ app, session, outcome }) => {
    if (isSignedIn(outcome)) labels.delete(app);
    if (session === undefined) return false;
    const known = labels.get(app) ?? session;
    labels.set(app, known);
    return session !== known;
  });
  return strange && `The session of ${named(story, strange)}, is another one than before.`;
};

const clocks: Doubt = ({ requests, isTimeUnsure }) => {
  const offsets = requests.flatMap(({ clockOffset }) => clockOffset ?? []);
  return isTimeUnsure || Math.max(...offsets) - Math.min(...offsets) > mostClockMs
    ? 'A clock was set while it was recorded, or old responses were repeated.'
    : undefined;
};

const severalEnds: Doubt = (story) => {
  const [first, ...others] = wrongResponsesIn(story).map((index) => story.requests[index]!);
  const other = others.find(({ app, reason }) => app !== first?.app || reason !== first.reason);
  return (
    other && `What ended the session may be another thing: ${named(story, other)}, was not refused for this reason.`
  );
};

/** What makes doubtful what an app says: signs that a cache, a proxy or another session took part. */
export const doubtsAbout = (story: Story): string[] =>
  [copies, withoutPod, otherSessions, clocks, severalEnds].flatMap((doubt) => doubt(story) ?? []);
