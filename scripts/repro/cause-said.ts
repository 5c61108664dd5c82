import { styleText } from 'node:util';
import { isRight, meaningOf } from '../../e2e/report/session-reasons.ts';
import { isServed } from './outcome.ts';
import { requestSentence, wrongResponsesIn, type Story, type StoryRequest } from './story.ts';

/**
 * The cause of the first wrong response, as the app said it. Undefined: the build does not say, or it was a wrong
 * redirect.
 */
export function causeSaid(story: Story): string[] | undefined {
  const [index = -1] = wrongResponsesIn(story);
  const refused = story.requests[index];
  if (refused?.reason === undefined) return undefined;
  const { means, next } = meaningOf(refused.reason);
  return [
    styleText('bold', isRight.has(refused.reason) ? `The refusal was right. ${means}` : `The cause: ${means}`),
    `${refused.pod ?? 'The pod'} said "${refused.reason}" to request ${index + 1}, ${requestSentence(refused)}.`,
    ...seenBesideIt(story.requests, index, refused),
    next,
  ];
}

/** What other responses of the recording add: pods that differ, and a cookie that no response removed. */
function seenBesideIt(requests: readonly StoryRequest[], index: number, refused: StoryRequest): string[] {
  const before = requests.slice(0, index).filter(({ app }) => app === refused.app);
  if (refused.reason === 'none') {
    const removed = before.some(({ outcome }) => outcome.includes('cookie removed'));
    const sent = before.findLast(({ hasCookie }) => hasCookie === true);
    if (!sent) return [];
    return [
      `Earlier requests had the cookie, and ${removed ? 'a response' : 'no response'} of the recording removed it.`,
    ];
  }
  // A pod that cannot open the cookie does not know the session: then it is that of any request with a cookie.
  const isSame = ({ session, hasCookie }: StoryRequest): boolean =>
    refused.session === undefined ? hasCookie !== false : session === refused.session;
  const same = requests.filter(
    (request) => request.app === refused.app && isSame(request) && isServed(request.outcome),
  );
  const servedBy = new Set(same.flatMap(({ pod }) => pod ?? []));
  if (refused.pod === undefined || servedBy.size === 0) return [];
  return [
    servedBy.has(refused.pod)
      ? `${refused.pod} itself served this session earlier or later.`
      : `The same session was served by ${[...servedBy].join(' and ')}, and never by ${refused.pod}: the pods differ.`,
  ];
}
