import { isSignedIn } from './outcome.ts';
import { requestSentence, wrongResponsesIn, type Story, type StoryRequest } from './story.ts';

/** The `Date` of responses has whole seconds, and a slow network delays it. */
const mostClockMs = 60_000;

/** The first request that is not as it should be, and why; undefined when all are. */
type Doubt = (story: Story) => string | undefined;

const named = ({ requests }: Story, request: StoryRequest): string =>
  `request ${requests.indexOf(request) + 1}, ${requestSentence(request)}`;

const copies: Doubt = (story) => {
  const ids = story.requests.map(({ requestId }) => requestId);
  const copy = story.requests.find(
    ({ cached, requestId }, index) => cached !== undefined || (requestId && ids.indexOf(requestId) < index),
  );
  return copy && `A cache may have answered ${named(story, copy)}.`;
};

const withoutPod: Doubt = (story) => {
  const strange = story.requests.find(
    ({ app, pod, outcome }) =>
      pod === undefined && outcome.status !== 0 && story.requests.some((each) => each.app === app && each.pod),
  );
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
