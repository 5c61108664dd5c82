import { duration } from '../../fleet/duration.ts';
import { doubtsAbout, isOfNoPod, originalOf } from './doubts.ts';
import { isRefused, isSignedIn } from './outcome.ts';
import type { Looked } from './parties.ts';
import { podsDiffer, servedByPod } from './pods-differ.ts';
import { podsIn } from './rollouts.ts';
import {
  requestSentence,
  responsesToExplain,
  showsSession,
  untilNextSignIn,
  type Story,
  type StoryRequest,
} from './story.ts';
import { appSays, likely, unknown, type Verdict } from './verdict.ts';
import { withoutCookie } from './without-cookie.ts';

/** What could have ended a session without a trace in a recording, and the check for each. */
export const causeChecks = ({ advice }: Story, refused: Looked): string[] => [
  'What could, and how to see it:',
  ...advice.checks(refused).map((check) => `- ${check}`),
];

/** The verdict that a recording gives by itself. */
export interface CauseSeen extends Verdict {
  /** The app gives no reason, so that a replay on a fleet may show more. */
  isWithoutReason?: true;
}

/** Ends that are right when the user did or did not do something, which another tab or device may have. */
const endsByUse = new Set(['idle', 'too-old', 'signed-out', 'replaced']);

export function causeSeen(story: Story): CauseSeen {
  const { requests, advice, sites } = story;
  const { wrong, afterSignOut } = responsesToExplain(story);
  const [index] = wrong;
  if (index === undefined) return story.failedSignIn ?? nothingWrong(story, afterSignOut);
  const refused = requests[index]!;
  const { app, pod = 'The pod', reason, hasCookie, does, outcome } = refused;
  const site = sites.find(({ name }) => name === app);
  const copied = originalOf(requests, refused);
  if (refused.cached !== undefined || copied >= 0)
    return likely(
      [
        `a cache answered request ${index + 1}, and no pod: ${refused.cached ?? `the response is that of request ${copied + 1}`}.`,
      ],
      'Look why it stores responses of the app, which should say "no-store": the proxies on the way, and cache-control of the response.',
    );
  if (reason === undefined && site?.routes && isOfNoPod(requests, refused))
    return unknown(
      [
        `No pod answered request ${index + 1}, ${requestSentence(refused)}: it has no ${site.podHeader}, which other responses have.`,
      ],
      'Look at the proxies and firewalls on the way.',
    );
  // Where a sign-out leads needs no explanation by a fault; without a session it stays in the app.
  const isRight = reason !== undefined && outcome.status < 400 && !refused.isWrongSignOut;
  if (does === 'sign out' && !outcome.to?.startsWith('/') && !isRight) return wrongSignOut(story, refused);
  if (reason === 'none' || (reason === undefined && hasCookie === false && does !== 'sign out'))
    return withoutCookie(story, index);
  if (reason === undefined) return withoutReason(story, index);
  const { means, next, perPod } = advice.reasons[reason]!;
  const said = `${pod} said "${reason}" to request ${index + 1}, ${requestSentence(refused)}.`;
  const seen = [said, ...eventsBefore(story, index)];
  if (perPod !== undefined) {
    const answers = [...seen, ...servedByPod(requests, refused)];
    return podsDiffer(requests, app, reason)
      ? likely([`${podsThatDiffer(app, perPod)}.`, ...answers, ...doubtsAbout(story)], next)
      : unknown([`Possible: ${means}`, ...answers], ...causeChecks(story, refused));
  }
  const again = untilNextSignIn(requests, index).find((each) => each.app === app && showsSession(each));
  if (!again && !endsByUse.has(reason)) return appSays([means, ...seen, ...doubtsAbout(story)], next);
  const doubt = again
    ? `Request ${requests.indexOf(again) + 1} was served afterwards, and nobody had signed in again: this did not end the session, or one of them was of another session.`
    : 'Whether that was right is not in the recording: another tab or device may have used the session, or ended it (limits: docs/sessions.md).';
  return unknown(
    [`The reason given for request ${index + 1}: ${means}`, ...seen, doubt, ...doubtsAbout(story)],
    `What the pod says: ${advice.logOf(refused)}`,
  );
}

export const podsThatDiffer = (app: string, perPod: string): string =>
  `the pods of ${app} differ in ${perPod}, or what is in front of one of them changes its requests`;

function nothingWrong(story: Story, afterSignOut: readonly number[]): Verdict {
  const { requests, advice, provider } = story;
  const odd = requests.find(({ outcome }) => outcome.status >= 400 && !isRefused(outcome));
  return {
    sentences: [
      `No signed-in user was refused, and no sign-out led elsewhere than to ${provider.name}.`,
      ...(requests.length === 1 && requests[0]!.hasCookie === false ? ['The request had no session cookie.'] : []),
      ...afterSignOut.slice(0, 1).map((index) => refusedAfterSignOut(story, index)),
    ],
    next: [
      'Record from the sign-in on, while it happens.',
      ...(odd?.requestId ? [`What the pods say: ${advice.logOf(odd)}`] : []),
    ],
  };
}

function refusedAfterSignOut({ requests }: Story, index: number): string {
  const refused = requests[index]!;
  const signOut = requests.findLastIndex(
    ({ app, does }, at) => at < index && app === refused.app && does === 'sign out',
  );
  return `Request ${index + 1}, ${requestSentence(refused)}, was refused after the user had signed out with request ${signOut + 1}: that is right, unless another tab had signed in again.`;
}

/** A refusal for which the app gives no reason: only the pods themselves can prove something. */
function withoutReason(story: Story, index: number): CauseSeen {
  const { requests, advice, provider } = story;
  const refused = requests[index]!;
  const { app, hasCookie, leadsTo = 'nowhere', does } = refused;
  if (requests.length === 1)
    return unknown([], `One request cannot decide. Export a HAR of the browser${advice.howToRecord}`);
  const cookie =
    hasCookie === undefined
      ? 'Whether it had the session cookie is not in the recording.'
      : 'It had the session cookie.';
  const seen = [
    `Request ${index + 1}, ${requestSentence(refused)}, was refused without a reason.`,
    does === 'sign out' ? `It led to ${leadsTo}. Users sign in at ${provider.host}.` : cookie,
    ...eventsBefore(story, index),
    ...servedByPod(requests, refused),
  ];
  const checks = causeChecks(story, refused);
  const verdict = podsDiffer(requests, app)
    ? likely([`${podsThatDiffer(app, advice.perPod)}.`, ...seen], ...checks)
    : unknown(seen, ...checks);
  return { ...verdict, isWithoutReason: true };
}

/** A sign-out that failed, led elsewhere than to the provider, or was refused there. */
function wrongSignOut(story: Story, request: StoryRequest): Verdict {
  const { requests, provider, advice } = story;
  const { app, pod = 'the pod', outcome, leadsTo, reason } = request;
  const { status, statusThere } = outcome;
  if (status === 0)
    return unknown(
      [
        'The browser did not follow the answer to the sign-out. A content security policy (form-action) that does not allow where it leads does this, or a lost connection.',
      ],
      advice.blockedSignOut,
    );
  const led = leadsTo === undefined ? 'led nowhere' : `led to ${leadsTo}`;
  const answered = `Request ${requests.indexOf(request) + 1}, ${requestSentence(request)}, was answered ${status}${reason ? ` (${reason})` : ''} by ${pod}, and ${led}.`;
  const log = `What the pod says: ${advice.logOf(request)}`;
  if (status >= 400 && reason) return appSays([advice.reasons[reason]!.means, answered, ...doubtsAbout(story)], log);
  const isAway = statusThere !== undefined && statusThere !== 400;
  const away = `There it was answered ${statusThere}: ${provider.name} was away or does not know this address, or something on the way refused it.`;
  if (status >= 400 || leadsTo === undefined || isAway) return unknown([answered, ...(isAway ? [away] : [])], log);
  return likely(
    [
      `the sign-out of ${app} ${led}${statusThere ? ', which refused it' : ''}.`,
      `${answered} In this recording users sign in at ${provider.host}.`,
    ],
    ...advice.wrongSignOut(request),
  );
}

/** Whether a request is a use of the session of a refused one, as far as the responses name sessions. */
const isUseOf = ({ app, session }: StoryRequest, each: StoryRequest): boolean =>
  each.app === app &&
  each.cached === undefined &&
  (session === undefined || each.session === undefined || each.session === session) &&
  (showsSession(each) || isSignedIn(each.outcome));

/** What else happened between the last use of the session and its refusal. */
function eventsBefore(story: Story, index: number): string[] {
  const { requests, isTimeUnsure } = story;
  const refused = requests[index]!;
  const { app } = refused;
  const used = requests.findLastIndex((request, at) => at < index && isUseOf(refused, request));
  const rollout = podsIn(story).rollouts.find((each) => each.app === app && each.before > used && each.before <= index);
  const signOut = requests.findIndex(
    (each, at) => at > used && at < index && each.does === 'sign out' && each.app !== app,
  );
  const { at = 0, pod = 'a pod' } = requests[used] ?? {};
  const pause = isTimeUnsure ? '' : `, ${duration(refused.at - at)} earlier`;
  return [
    ...(used < 0 ? [] : [`The last use before it was request ${used + 1}${pause}, by ${pod}.`]),
    ...(rollout ? [`In between ${app} rolled out${rollout.isRelease ? ' another build' : ''}.`] : []),
    ...(signOut < 0
      ? []
      : [
          `In between the user signed out of ${requests[signOut]!.app} (request ${signOut + 1}), which must not end the session of ${app}.`,
        ]),
  ];
}
