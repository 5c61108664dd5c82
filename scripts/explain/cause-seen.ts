import { duration } from '../../fleet/duration.ts';
import { doubtsAbout, isOfCache, isOfNoPod, originalOf } from './doubts.ts';
import { isOfPath, isRefused, isSignedIn, textOf } from './outcome.ts';
import { podsIn } from './rollouts.ts';
import {
  oddIn,
  requestSentence,
  responsesToExplain,
  showsSession,
  untilNextSignIn,
  type Story,
  type StoryRequest,
} from './story.ts';

/**
 * What a recording says about why a session ended. It proves nothing: a proxy, another tab or a fault of the app itself may
 * look the same.
 */
export interface Verdict {
  /** What the app says, what is likely, or that the cause is unknown; and what shows it. */
  sentences: string[];
  /** What to look at next. */
  next: string[];
}

/** What could have ended a session without a trace in a recording, and the check for each. */
export const causeChecks = ({ advice }: Story, refused: StoryRequest): string[] => [
  'What could, and how to see it:',
  ...advice.checks(refused).map((check) => `- ${check}`),
];

/** The verdict that a recording gives by itself. Undefined: faults must be replayed. */
export function causeSeen(story: Story): Verdict | undefined {
  const { requests, advice, provider } = story;
  const { wrong, afterSignOut } = responsesToExplain(story);
  const [index] = wrong;
  if (index === undefined) return nothingWrong(story, afterSignOut);
  const refused = requests[index]!;
  const { app, reason, hasCookie, does, outcome } = refused;
  const copied = originalOf(requests, refused);
  if (refused.cached !== undefined || copied >= 0)
    return likely(
      [
        `a cache answered request ${index + 1}, and no pod: ${refused.cached ?? `the response is that of request ${copied + 1}`}.`,
      ],
      'Look why it stores responses of the app, which should say "no-store": the proxies on the way, and cache-control of the response.',
    );
  if (reason === undefined && isDescribed(story) && isOfNoPod(requests, refused))
    return unknown(
      [
        `No pod answered request ${index + 1}, ${requestSentence(refused)}: it has no ${podHeaderOf(story, app)}, which other responses have.`,
      ],
      'Look at the proxies and firewalls on the way.',
    );
  // Where a sign-out leads needs no explanation by a fault; without a session it stays in the app.
  const isRight = reason !== undefined && outcome.status < 400 && !refused.isWrongSignOut;
  if (does === 'sign out' && !outcome.to?.startsWith('/') && !isRight) return wrongSignOut(story, index);
  if (reason === 'none' || (reason === undefined && hasCookie === false && does !== 'sign out'))
    return withoutCookie(story, index);
  if (reason === undefined) {
    if (requests.length > 1) return undefined;
    return unknown([], `One request cannot decide. Export a HAR of the browser${advice.howToRecord}`);
  }
  const { means, next, perPod } = advice.reasons[reason]!;
  const said = `${refused.pod ?? 'The pod'} said "${reason}" to request ${index + 1}, ${requestSentence(refused)}.`;
  if (perPod !== undefined) {
    const differ = podsDiffer(requests, app, reason);
    const seen = [said, ...(differ ? [differ.sentence] : []), ...eventsBefore(story, index)];
    if (differ?.isShown)
      return likely(
        [
          `the pods of ${app} differ in ${perPod}, or what is in front of one of them changes its requests.`,
          ...seen,
          ...doubtsAbout(story),
        ],
        next,
      );
    const isNew = reason !== 'missing' && isSinceRollout(story, index);
    return unknown(
      [
        `Possible: ${isNew ? `since the rollout the pods of ${app} have another ${perPod} than those before. Or: ` : ''}${means}`,
        ...seen,
      ],
      ...causeChecks(story, refused),
    );
  }
  const seen = [said, ...eventsBefore(story, index)];
  const again = untilNextSignIn(requests, index).find((each) => each.app === app && showsSession(each));
  if (again && outcome.status === 503)
    return unknown([
      `Request ${index + 1} failed for a moment. The app says why: ${means}`,
      ...seen,
      `Request ${requests.indexOf(again) + 1} was served afterwards: this did not end the session.`,
      ...doubtsAbout(story),
    ]);
  if (again)
    return unknown(
      [
        ...seen,
        `Request ${requests.indexOf(again) + 1} was served afterwards, and nobody had signed in again: that response was about another session, or the pods differ.`,
      ],
      ...causeChecks(story, refused),
    );
  if (reason === 'signed-out' || reason === 'replaced')
    return unknown(
      [means, ...seen],
      'No such request is in the recording: look for another tab or device of the user.',
    );
  if (reason !== 'idle' && reason !== 'too-old') return appSays([means, ...seen, ...doubtsAbout(story)], next);
  const limit = limitOf(story, index, reason);
  if (!limit)
    return unknown(
      [`The session ended as "${reason}", and the recording does not show whether that was right.`, ...seen],
      next,
      `What the pod knew: ${advice.logOf(refused)}`,
    );
  // Another tab, which a recording does not have, may have used the session later.
  return limit.isRight
    ? likely([`The refusal was right. ${means}`, ...seen, limit.sentence])
    : likely(
        [`${limit.sentence} A deployment may have another one.`, ...seen],
        `Look at the clocks of the pods and of ${provider.name}, at auth_time in its access tokens, and who may write to the session store.`,
      );
}

const podHeaderOf = ({ sites }: Story, app: string): string =>
  sites.find(({ name }) => name === app)?.podHeader ?? 'name of a pod';

const appSays = ([why = '', ...others]: string[], ...next: string[]): Verdict => ({
  sentences: [`The app says why: ${why}`, ...others],
  next,
});
/** What fits a recording. */
export const likely = ([what = '', ...others]: string[], ...next: string[]): Verdict =>
  unknown([`Likely: ${what}`, ...others], ...next);
export const unknown = (sentences: string[], ...next: string[]): Verdict => ({
  sentences: ['The cause is unknown.', ...sentences],
  next,
});

/** Whether the apps are described: of others it is only likely which cookie holds the session, and what a page shows. */
const isDescribed = ({ sites }: Story): boolean => sites.some(({ routes }) => routes !== undefined);

function nothingWrong(story: Story, [index]: readonly number[]): Verdict {
  const { requests, isTimeUnsure, advice, provider, lostSignIn } = story;
  if (lostSignIn && !requests.some(({ outcome }) => isSignedIn(outcome)))
    return likely(
      [`the sign-in of ${lostSignIn.app} led to ${lostSignIn.host}, which ${lostSignIn.answer}.`],
      `Compare the issuer, the client and the redirect URI in the settings of ${lostSignIn.app} with ${provider.name}, and look at its log.`,
    );
  const failed = requests.findIndex(({ fault }) => fault);
  if (failed >= 0) return failedSignIn(story, failed);
  const odd = requests.find(({ outcome }) => outcome.status >= 400 && !isRefused(outcome));
  const others = oddIn(story);
  if (index === undefined || isTimeUnsure || others.length > 0) {
    return {
      sentences: [
        `No signed-in user was refused, and no sign-out led elsewhere than to ${provider.name}.`,
        ...(requests.length === 1 && requests[0]!.hasCookie === false ? ['The request had no session cookie.'] : []),
        ...others,
      ],
      next: [
        `Record from the sign-in on, while it happens.`,
        ...(odd?.requestId ? [`What the pods say: ${advice.logOf(odd)}`] : []),
      ],
    };
  }
  const refused = requests[index]!;
  const signOut = requests.findLastIndex(
    ({ app, does }, at) => at < index && app === refused.app && does === 'sign out',
  );
  const isOut = refused.hasCookie === false || refused.reason === 'none' || refused.reason === 'signed-out';
  if (!isOut)
    return unknown([
      `The user had signed out with request ${signOut + 1}. Whether another tab had signed in again before request ${index + 1} is not in the recording.`,
    ]);
  return likely([
    `The refusal was right: the user had signed out with request ${signOut + 1}.`,
    `Request ${index + 1} was the first refusal: ${requestSentence(refused)}. Whether the user, or another site, had sent the sign-out is not in the recording.`,
  ]);
}

function failedSignIn({ requests, advice }: Story, index: number): Verdict {
  const { fault, app, pod } = requests[index]!;
  const { cause, next, status } = fault!;
  const said = `The sign-in to ${app}, request ${index + 1}, was answered ${status}${pod ? ` by ${pod}` : ''}.`;
  return cause
    ? likely([cause, said], next)
    : unknown([said], next, `What the pods say: ${advice.logOf(requests[index]!)}`);
}

/** A sign-out that failed, led elsewhere than to the provider, or was refused there. */
function wrongSignOut(story: Story, index: number): Verdict {
  const { requests, provider, advice } = story;
  const request = requests[index]!;
  const { app, pod = 'the pod', outcome, leadsTo, reason } = request;
  const { status, isRefusedThere, statusThere = 400 } = outcome;
  if (status === 0)
    return unknown(
      [
        'The browser did not follow the answer to the sign-out. A content security policy (form-action) that does not allow where it leads does this, or a lost connection.',
      ],
      advice.blockedSignOut,
    );
  const answered = `The sign-out of ${app}, request ${index + 1}, was answered ${status}${reason ? ` (${reason})` : ''} by ${pod}`;
  if (status >= 400 || leadsTo === undefined) {
    const seen = `${answered}${leadsTo ? `, and the next page was ${leadsTo}` : ', and led nowhere'}.`;
    const says = `What the pod says: ${advice.logOf(request)}`;
    return reason && status >= 400
      ? appSays([advice.reasons[reason]!.means, seen, ...doubtsAbout(story)], says)
      : unknown([seen], says);
  }
  if (statusThere !== 400)
    return unknown([
      `The sign-out of ${app} led to ${leadsTo}, which answered ${statusThere}: ${provider.name} was away or does not know this address, or something on the way refused it.`,
      `${answered}.`,
    ]);
  return likely(
    [
      `the sign-out of ${app} led to ${leadsTo}${isRefusedThere ? ', which refused it' : ''}.`,
      `${answered}. In this recording users sign in at ${provider.host}.`,
    ],
    ...advice.wrongSignOut(request),
  );
}

/** Why a request has no session cookie: a response removed it, it expired, or the browser does not send it. */
function withoutCookie({ requests, knowsCookies, isTimeUnsure, advice }: Story, index: number): Verdict {
  const refused = requests[index]!;
  const what = `Request ${index + 1}, ${requestSentence(refused)}, had no session cookie${refused.hasCookie === undefined ? ', as the app says' : ''}`;
  if (refused.hasCookie === true)
    return likely(
      [`the browser sent a session cookie with request ${index + 1}, and the app says that it got none.`],
      'Something on the way removed it or answered with the response to somebody else, or the app expects another name (docs/sessions.md).',
    );
  if (refused.hasCookie === undefined || !knowsCookies)
    return unknown(
      [`${what}.`],
      'The recording has no cookies, and does not show where it went. Export it with sensitive data, or look at the cookies of the browser.',
    );
  const before = (is: (request: StoryRequest) => boolean): number =>
    requests.findLastIndex((request, at) => at < index && request.app === refused.app && is(request));
  const set = before(({ cookieSet }) => cookieSet !== undefined);
  const sent = before(({ hasCookie }) => hasCookie === true);
  const signIn = before(({ outcome }) => isSignedIn(outcome));
  const removal = before(({ outcome }) => outcome.cookie === 'removed');
  // A later request that has one has that of another tab.
  if (removal > set && (sent < removal || requests[sent]!.at < requests[removal]!.at + requests[removal]!.ms))
    return likely([
      `the response to request ${removal + 1}, ${requestSentence(requests[removal]!)}, removed the session cookie: ${textOf(requests[removal]!.outcome)}.`,
      `${what} after that. Nobody had signed out.`,
    ]);
  const { at = 0, cookieSet } = requests[set] ?? {};
  const { seconds = Infinity } = cookieSet ?? {};
  if (refused.at - at >= seconds * 1000 && !isTimeUnsure) {
    const lived = `the session cookie had expired: request ${set + 1} had set it for ${duration(seconds * 1000)}`;
    const { cookieDays } = advice;
    // It took a moment to arrive.
    const isWholeLife = cookieDays !== undefined && seconds >= cookieDays * 86_400 - 60;
    return likely([
      isWholeLife ? `The refusal was right: ${lived}.` : `${lived}${cookieDays ? `, not for ${cookieDays} days` : ''}.`,
    ]);
  }
  const refusedBy = cookieSet?.refused;
  if (refusedBy)
    return likely([`request ${set + 1} set a session cookie that browsers must refuse: ${refusedBy}.`, `${what}.`]);
  if (cookieSet && sent <= set && !isOfPath(refused.path, cookieSet.path))
    return likely([`request ${set + 1} set the session cookie for the path ${cookieSet.path} alone.`, `${what}.`]);
  // Browsers leave it out while a redirect of another site leads through the app, and send it later.
  if (cookieSet?.isStrict && set === index - 1 && isSignedIn(requests[set]!.outcome) && refused.does === 'open page')
    return likely([
      `the session cookie has SameSite=Strict, so that the browser does not send it on the way back from another site. Lax does.`,
      `${what}, to which the sign-in had led.`,
    ]);
  const last = sent < 0 ? 'no request of the recording had it' : `request ${sent + 1} was the last that had it`;
  const again = untilNextSignIn(requests, index).find(
    ({ app, hasCookie }) => app === refused.app && hasCookie === true,
  );
  return {
    sentences: [
      'The browser did not send the session cookie, and no response of the recording removed it.',
      `${what}; ${last}.`,
      again
        ? `Request ${requests.indexOf(again) + 1} has ${
            again.session !== undefined && again.session === requests[sent]?.session
              ? 'it again, so the browser kept it: this one was sent without cookies (fetch with credentials "omit", SameSite).'
              : 'one again: this one was sent without cookies, or the user signed in again in another tab.'
          }`
        : set < 0 && sent < 0 && signIn >= 0
          ? `In the recording request ${signIn + 1}, the sign-in, sets none: something on the way may have removed it.`
          : set >= sent
            ? 'The browser blocks cookies of this host, or another tab removed it.'
            : 'A response in another tab removed it, or it was cleared or blocked: by the user, a setting, an extension or the end of a private window.',
    ],
    next: again ? [] : [`What the pods say: ${advice.logOf(refused)}`],
  };
}

/** The clocks of pods, providers and browsers may differ by this (docs/decisions/0016-clocks-may-differ.md). */
const skewSeconds = 300;
/** The idle limit counts from the last renewal of the tokens, a few minutes before the last use. */
const renewalSeconds = 600;

/** Whether an end by a limit was right, as the last use or the sign-in shows. Undefined: the recording does not show it. */
function limitOf(
  { requests, isTimeUnsure, advice }: Story,
  index: number,
  reason: 'idle' | 'too-old',
): { isRight: boolean; sentence: string } | undefined {
  const { app, at } = requests[index]!;
  const isIdle = reason === 'idle';
  const began = requests
    .slice(0, index)
    .findLast((each) => isUseOf(requests[index]!, each) && (isIdle || isSignedIn(each.outcome)));
  const limits = advice.limitsOf?.(app);
  if (!began || !limits || isTimeUnsure) return undefined;
  const seconds = isIdle ? limits.idle : limits.whole;
  const isRight = at - began.at >= (seconds - (isIdle ? renewalSeconds : skewSeconds)) * 1000;
  // Without the form of the provider the user may have entered the password long before.
  if (!isRight && !isIdle && !began.hasLogin) return undefined;
  const what = isIdle ? 'as idle' : 'as too old';
  const since = `${duration(at - began.at)} after request ${requests.indexOf(began) + 1}, ${isIdle ? 'the last use' : 'the sign-in'}`;
  return {
    isRight,
    sentence: `${app} ended the session ${what} ${since}. Its limit is ${duration(seconds * 1000)} (docs/sessions.md).`,
  };
}

/** Whether a request is a use of the session of a refused one, as far as the responses name sessions. */
const isUseOf = ({ app, session }: StoryRequest, each: StoryRequest): boolean =>
  each.app === app &&
  each.cached === undefined &&
  (session === undefined || each.session === undefined || each.session === session) &&
  (showsSession(each) || isSignedIn(each.outcome));

/** Whether all pods since a rollout, and they alone, refused a session from before it, more than once. */
function isSinceRollout(story: Story, index: number): boolean {
  const { requests } = story;
  const { app, reason } = requests[index]!;
  const { rollouts, isOutdated } = podsIn(story);
  const last = rollouts.findLast((each) => each.app === app && each.before <= index);
  const used = requests.findLastIndex((each, at) => at < index && isUseOf(requests[index]!, each));
  if (!last || used < 0 || used >= last.before) return false;
  const after = [requests[index]!, ...untilNextSignIn(requests, index)].filter(
    (each) => each.app === app && each.pod !== undefined && !isOutdated(requests.indexOf(each)),
  );
  return after.length > 1 && after.every((each) => isRefused(each.outcome) && each.reason === reason);
}

/** What a recording shows about pods that differ. A store that loses entries looks the same, unless it is shown clearly. */
interface Difference {
  sentence: string;
  isShown: boolean;
}

/** With fewer turns of refusals and responses of a session chance, or a sticky balancer, explains which pod refused it. */
const leastTurns = 3;
const doubt = ': the pods differ, or the store loses entries';
/** The same for sessions that no pod served after the refusal. */
const leastSessions = 5;

/**
 * Whether the pods of an app differ: no pod both served and refused a session, and the pod of the sign-in served it
 * again and again after another one had refused it, or many sessions were served by the pod of their sign-in alone.
 */
export function podsDiffer(requests: readonly StoryRequest[], app: string, reason?: string): Difference | undefined {
  let apart = 0;
  let best: (Difference & { refusals: number }) | undefined;
  for (const [signIn, its] of sessionsIn(requests, app)) {
    const refused = its.filter((each) => isRefused(each.outcome) && each.reason === reason);
    const served = its.filter(showsSession);
    const refusers = new Set(refused.map(({ pod }) => pod));
    const both = served.find(({ pod }) => pod !== undefined && refusers.has(pod));
    if (both)
      return {
        isShown: false,
        sentence: `${both.pod} both served and refused the same session: the pods need not differ.`,
      };
    const home = signIn?.pod;
    if (refused.length === 0 || refusers.has(undefined)) continue;
    // A balancer may choose the pod by the address, on which the refusal depends.
    const isSameAddress = served.some(({ path }) => refused.some((each) => each.path === path));
    const again = served.find(
      ({ pod, at }) => at >= refused[0]!.at + refused[0]!.ms && (home === undefined || pod === home),
    );
    if (isSameAddress && home !== undefined && served.every(({ pod }) => pod === home) && !refusers.has(home))
      apart += 1;
    if (!again || refused.length <= (best?.refusals ?? 0)) continue;
    // While the store has lost an entry for a moment, a sticky balancer may ask one pod alone.
    const turns = its
      .filter((each) => refused.includes(each) || served.includes(each))
      .filter((each, at, both) => refused.includes(each) && !refused.includes(both[at - 1]!));
    const isShown = isSameAddress && home !== undefined && turns.length >= leastTurns;
    best = {
      isShown,
      refusals: refused.length,
      sentence: `${again.pod} served the session after ${[...refusers].join(' and ')} had refused it (request ${requests.indexOf(again) + 1}), which refused it ${refused.length} x in all and never served it${isShown ? '' : doubt}.`,
    };
  }
  if (best?.isShown || apart < leastSessions) return best;
  // Entries that somebody deletes are missing as well, but no pod fails to open them.
  const isShown = reason === 'unsealed' || reason === 'unreadable';
  return {
    isShown,
    sentence: `${apart} sessions were each served by the pod of their sign-in alone, and refused by another${isShown ? '' : doubt}.`,
  };
}

/** The sign-in and the other requests of each session of an app, until its sign-out. Of some the sign-in is not recorded. */
function sessionsIn(
  requests: readonly StoryRequest[],
  app: string,
): Array<[signIn: StoryRequest | undefined, its: StoryRequest[]]> {
  const sessions: Array<[StoryRequest | undefined, StoryRequest[]]> = [[undefined, []]];
  let isOut = false;
  let label: string | undefined;
  for (const request of requests.filter((each) => each.app === app && !isOfCache(requests, each))) {
    if (isSignedIn(request.outcome)) {
      sessions.push([request, []]);
      isOut = false;
      label = request.session;
      continue;
    }
    // In another tab the user has signed in again.
    if (request.session !== undefined && label !== undefined && request.session !== label)
      sessions.push([undefined, []]);
    label = request.session ?? label;
    if (request.does === 'sign out') isOut = true;
    else if (!isOut) sessions.at(-1)![1].push(request);
  }
  return sessions;
}

/** What the recording shows beside the first wrong response, for those that have no reason. */
export function seenBeside(story: Story): string[] {
  const { wrong } = responsesToExplain(story);
  const [index] = wrong;
  if (index === undefined) return [];
  const { hasCookie, leadsTo, does } = story.requests[index]!;
  const cookie =
    hasCookie === undefined
      ? 'Whether it had the session cookie is not in the recording.'
      : 'It had the session cookie.';
  if (does === 'sign out')
    return [`The sign-out led to ${leadsTo ?? 'nowhere'}. Users sign in at ${story.provider.host}.`];
  const differ = podsDiffer(story.requests, story.requests[index]!.app);
  return [cookie, ...(differ ? [differ.sentence] : []), ...eventsBefore(story, index)];
}

/** What else happened between the last use of the session and its refusal. */
function eventsBefore(story: Story, index: number): string[] {
  const { requests } = story;
  const { app, pod } = requests[index]!;
  const isOwn = (request: StoryRequest): boolean => isUseOf(requests[index]!, request);
  const used = requests.findLastIndex((request, at) => at < index && isOwn(request));
  const rollout = podsIn(story).rollouts.find((each) => each.app === app && each.before > used && each.before <= index);
  const signOut = requests.findIndex(
    (each, at) => at > used && at < index && each.does === 'sign out' && each.app !== app,
  );
  const servers = new Set(requests.slice(0, index).flatMap((each) => (isOwn(each) ? (each.pod ?? []) : [])));
  const lastUse =
    used < 0 ? [] : [`The last use before it was request ${used + 1}, by ${requests[used]!.pod ?? 'a pod'}.`];
  return [
    ...lastUse,
    ...(rollout ? [`In between ${app} rolled out${rollout.isRelease ? ' another build' : ''}.`] : []),
    ...(signOut < 0
      ? []
      : [
          `In between the user signed out of ${requests[signOut]!.app} (request ${signOut + 1}), which must not end the session of ${app}.`,
        ]),
    ...(pod === undefined || rollout || servers.size === 0 || servers.has(pod)
      ? []
      : [`Before it only ${[...servers].join(' and ')} had served the user, and never ${pod}.`]),
  ];
}
