import { whyNotSent } from './cookies.ts';
import { isSignedIn, textOf } from './outcome.ts';
import { requestSentence, untilNextSignIn, type Story, type StoryRequest } from './story.ts';
import { likely, unknown, type Verdict } from './verdict.ts';

/** Why a request has no session cookie: a response removed it, it expired, or the browser does not send it. */
export function withoutCookie({ requests, knowsCookies, isTimeUnsure, advice }: Story, index: number): Verdict {
  const refused = requests[index]!;
  const what = `Request ${index + 1}, ${requestSentence(refused)}, had no session cookie${refused.hasCookie === undefined ? ', as the app says' : ''}.`;
  if (refused.hasCookie === true)
    return likely(
      [`the browser sent a session cookie with request ${index + 1}, and the app says that it got none.`],
      'Something on the way removed it or answered with the response to somebody else, or the app expects another name (docs/sessions.md).',
    );
  if (refused.hasCookie === undefined || !knowsCookies)
    return unknown(
      [what],
      'The recording has no cookies, and does not show where it went. Export it with sensitive data, or look at the cookies of the browser.',
    );
  const before = (is: (request: StoryRequest) => boolean): number =>
    requests.findLastIndex((request, at) => at < index && request.app === refused.app && is(request));
  const set = before(({ cookiesSet }) => cookiesSet.length > 0);
  const sent = before(({ hasCookie }) => hasCookie === true);
  const signIn = before(({ outcome }) => isSignedIn(outcome));
  const removal = before(({ outcome }) => outcome.cookie === 'removed');
  // A later request that has one has that of another tab.
  if (removal > set && (sent < removal || requests[sent]!.at < requests[removal]!.at + requests[removal]!.ms))
    return likely([
      `the response to request ${removal + 1}, ${requestSentence(requests[removal]!)}, removed the session cookie: ${textOf(requests[removal]!.outcome)}.`,
      `${what} Nobody had signed out.`,
    ]);
  const { at = 0, cookiesSet = [], outcome } = requests[set] ?? {};
  const request = {
    path: refused.path,
    seconds: isTimeUnsure ? 0 : (refused.at - at) / 1000,
    // A redirect of the provider leads through the callback to the page.
    isFromOtherSite: set === index - 1 && outcome !== undefined && isSignedIn(outcome) && refused.does === 'open page',
  };
  const why = cookiesSet
    // What a browser has sent since then it does not keep back.
    .filter(({ seconds }) => sent <= set || request.seconds >= seconds)
    .map((cookie) => whyNotSent(cookie, request))
    .find((each) => each !== undefined);
  if (why)
    return likely([`the browser did not send the session cookie that request ${set + 1} had set: ${why}.`, what]);
  const again = untilNextSignIn(requests, index).find(
    ({ app, hasCookie }) => app === refused.app && hasCookie === true,
  );
  const known =
    sent >= 0
      ? `Request ${sent + 1} was the last that had it.`
      : set < 0 && signIn >= 0
        ? `In the recording request ${signIn + 1}, the sign-in, sets none: something on the way may have removed it.`
        : 'No request of the recording had it.';
  return {
    sentences: [
      'The browser did not send the session cookie, and no response of the recording removed it.',
      `${what} ${known}`,
      again
        ? `Request ${requests.indexOf(again) + 1} has one again: this one was sent without cookies (fetch with credentials "omit", SameSite), or the user signed in again in another tab.`
        : 'A response in another tab removed it, or it was cleared or blocked: by the user, a setting, an extension or the end of a private window.',
    ],
    next: [`What the pods say: ${advice.logOf(refused)}`],
  };
}
