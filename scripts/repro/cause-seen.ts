import { styleText } from 'node:util';
import type { AppName } from '../../apps/environment/apps.ts';
import type { SessionReason } from '../../apps/environment/session-reasons.ts';
import { contract } from '../../e2e/contract.ts';
import { isRight, reasonMeanings } from '../../e2e/report/session-reasons.ts';
import { duration } from '../../fleet/duration.ts';
import { isRefused, isServed, noAnswer, removed, signedIn, signOutRefused } from './outcome.ts';
import { podsIn } from './rollouts.ts';
import { requestSentence, responsesToExplain, untilNextSignIn, type Story, type StoryRequest } from './story.ts';

export interface Verdict {
  /** Whether the cause is known, or the refusal was right. */
  isKnown: boolean;
  sentences: string[];
}

/** What could have ended a session without a trace in a recording, and the check for each. */
export const causeChecks = [
  'What could, and how to see it:',
  '- a pod says why: kubectl logs -l app.kubernetes.io/name=<app> --since=24h | grep -E \'"event":"(session-end|no-session)"\'',
  '- Redis was full or emptied: redis-cli INFO stats (evicted_keys), INFO server (uptime_in_seconds)',
  '- the entry expired or is in another database: redis-cli -n 1 TTL <app>:oidc:<id>',
  '- the user was deactivated, or the session ended at Authentik: its log of events for this user',
];

/** The verdict that a recording gives by itself. Undefined: faults must be replayed. */
export function causeSeen(story: Story): Verdict | undefined {
  const { requests } = story;
  const { wrong, afterSignOut } = responsesToExplain(story);
  const [index, ...others] = wrong;
  if (index === undefined) return nothingWrong(requests, afterSignOut);
  const refused = requests[index]!;
  const { reason, hasCookie, does, outcome, leadsTo } = refused;
  if (outcome === noAnswer)
    return unknown(
      'The browser did not follow the answer to the sign-out. A content security policy (form-action) that does not allow where it leads does this, or a lost connection.',
      'Look at the console of the browser, and at the host in NUXT_PUBLIC_AUTH_URL of the pods: npm run diagnose -- --help',
    );
  // Where a sign-out leads needs no explanation by a fault; without a session it stays in the app.
  if (does === 'sign out' && !isInApp(outcome))
    return known(
      `The cause: the sign-out of ${refused.app} led to ${leadsTo ?? 'nowhere'}${outcome.includes(signOutRefused) ? ', which refused it' : ''}.`,
      `${refused.pod ?? 'The pod'} answered request ${index + 1} with it. Users sign in at ${story.authentik}.`,
    );
  if (reason === 'none' || (reason === undefined && hasCookie === false && does !== 'sign out'))
    return withoutCookie(story, index);
  if (reason === undefined) {
    if (requests.length > 1) return undefined;
    return unknown('One request cannot decide. Export a HAR of the browser: docs/repro.md');
  }
  const said = `${refused.pod ?? 'The pod'} said "${reason}" to request ${index + 1}, ${requestSentence(refused)}.`;
  const { means, next } = reasonMeanings[reason];
  const differ = perPod.has(reason) ? podsDiffer(requests, [index, ...others], reason) : undefined;
  const seen = [said, ...(differ ? [differ.sentence] : []), ...eventsBefore(story, index)];
  if (perPod.has(reason) && !differ?.isProof)
    return unknown(means, ...seen, ...(reason === 'missing' ? causeChecks : [next]));
  const early = reason === 'idle' ? endedEarly(requests, index) : undefined;
  if (early !== undefined) return known(`The cause: ${early}`, ...seen);
  if (reason === 'signed-out' || reason === 'replaced')
    return unknown(means, ...seen, 'No such request is in the recording: look for another tab or device of the user.');
  // Whether Authentik was right to send the logout token is not in a recording.
  return known(
    isRight.has(reason) && reason !== 'back-channel' ? `The refusal was right. ${means}` : `The cause: ${means}`,
    ...seen,
    next,
  );
}

const isInApp = (outcome: string): boolean => / to \//.test(outcome);

/** Reasons that are of one pod, when another one serves the session. */
const perPod: ReadonlySet<SessionReason> = new Set(['missing', 'unsealed', 'unreadable']);

const known = (first: string, ...sentences: string[]): Verdict => ({
  isKnown: true,
  sentences: [styleText('bold', first), ...sentences],
});
export const unknown = (...sentences: string[]): Verdict => ({
  isKnown: false,
  sentences: [styleText('bold', 'The cause is unknown.'), ...sentences],
});

function nothingWrong(requests: readonly StoryRequest[], [index]: readonly number[]): Verdict {
  if (index === undefined)
    return {
      isKnown: false,
      sentences: [
        ...(requests.length === 1 && requests[0]!.hasCookie === false ? ['It had no session cookie.'] : []),
        'No signed-in user was refused, and no sign-out led elsewhere than to Authentik. Record from the sign-in on, while it happens.',
      ],
    };
  const refused = requests[index]!;
  const signOut = requests.findLastIndex(
    ({ app, does }, at) => at < index && app === refused.app && does === 'sign out',
  );
  return known(
    `The refusal was right: the user had signed out with request ${signOut + 1}.`,
    `No other refusal is in the recording. Request ${index + 1} was the first: ${requestSentence(refused)}.`,
  );
}

/** Why a request has no session cookie: a response removed it, it expired, or the browser does not send it. */
function withoutCookie({ requests, knowsCookies }: Story, index: number): Verdict {
  const refused = requests[index]!;
  const what = `Request ${index + 1}, ${requestSentence(refused)}, had no session cookie`;
  if (refused.hasCookie === true)
    return known(
      `The cause: the browser sent a session cookie with request ${index + 1}, and the app says that it got none.`,
      'A proxy removed it, or the app expects another name (docs/sessions.md).',
    );
  if (refused.hasCookie === undefined || !knowsCookies)
    return unknown(
      `${what}.`,
      'The recording has no cookies, and does not show where it went. Export it with sensitive data, or look at the cookies of the browser.',
    );
  const before = (is: (request: StoryRequest) => boolean): number =>
    requests.findLastIndex((request, at) => at < index && request.app === refused.app && is(request));
  const set = before(({ cookieSeconds }) => cookieSeconds !== undefined);
  const removal = before(({ outcome }) => outcome.includes(removed));
  if (removal > set)
    return known(
      `The cause: the response to request ${removal + 1}, ${requestSentence(requests[removal]!)}, removed the session cookie: ${requests[removal]!.outcome}.`,
      `${what} after that. Nobody had signed out.`,
    );
  const { at = 0, cookieSeconds = Infinity } = requests[set] ?? {};
  if (refused.at - at >= cookieSeconds * 1000) {
    const lived = `the session cookie had expired: request ${set + 1} had set it for ${duration(cookieSeconds * 1000)}`;
    return cookieSeconds >= contract.leastSecondsLeft
      ? known(`The refusal was right: ${lived}.`)
      : known(`The cause: ${lived}, not for ${contract.lifetimeDays} days.`);
  }
  if (requests[set]?.isRefusedByBrowsers)
    return known(
      `The cause: request ${set + 1} set a session cookie that browsers must refuse: __Host- needs Path=/, Secure and no Domain.`,
    );
  const sent = before(({ hasCookie }) => hasCookie === true);
  const last = sent < 0 ? 'no request of the recording had it' : `request ${sent + 1} was the last that had it`;
  const again = untilNextSignIn(requests, index).find(
    ({ app, hasCookie }) => app === refused.app && hasCookie === true,
  );
  const label = labelBefore(requests, index);
  return {
    isKnown: false,
    sentences: [
      styleText('bold', 'The browser did not send the session cookie, and no response of the recording removed it.'),
      `${what}; ${last}.`,
      again
        ? `Request ${requests.indexOf(again) + 1} has it again, so the browser kept it: this one was sent without cookies (fetch with credentials "omit", SameSite).`
        : set > sent
          ? 'The browser blocks cookies of this host, or another tab removed it.'
          : 'A response in another tab removed it, or it was cleared or blocked: by the user, a setting, an extension or the end of a private window.',
      ...(label && !again
        ? [`What the pods say: kubectl logs -l app.kubernetes.io/name=${refused.app} | grep ${label}`]
        : []),
    ],
  };
}

/** The label of the session that an app last named before a request. */
const labelBefore = (requests: readonly StoryRequest[], index: number): string | undefined =>
  requests.findLast(({ app, session }, at) => at < index && app === requests[index]!.app && session)?.session;

/** Why an end by the idle limit was wrong: what the recording shows of the user is more recent. */
function endedEarly(requests: readonly StoryRequest[], index: number): string | undefined {
  const { app, at } = requests[index]!;
  const limit = contract.idleSeconds[app] ?? contract.lifetimeSeconds;
  const used = requests.slice(0, index).findLast((request) => request.app === app && isAlive(request));
  // The limit counts from the last renewal of the tokens, a few minutes before the last use.
  if (!used || at - used.at >= (limit - renewalSeconds) * 1000) return undefined;
  return `${app} ended the session as idle after ${duration(at - used.at)} without use. Its limit is ${duration(limit * 1000)} (docs/sessions.md).`;
}
const renewalSeconds = 600;

const isAlive = ({ outcome }: StoryRequest): boolean => isServed(outcome) || outcome.startsWith(signedIn);

/** Each refusal is compared with all later requests. */
const mostCompared = 1000;

/** Evidence that the pods of an app differ. Without a proof a store that was away for a moment looks the same. */
interface Difference {
  sentence: string;
  isProof: boolean;
}

/** Evidence that pods differ: another one served a session after this one had refused it, or {@link eachItsOwn}. */
function podsDiffer(
  requests: readonly StoryRequest[],
  wrong: readonly number[],
  reason?: SessionReason,
): Difference | undefined {
  for (const index of wrong.slice(0, mostCompared)) {
    const refused = requests[index]!;
    const after = untilNextSignIn(requests, index);
    // A pod that cannot open the cookie does not know the session.
    const label = refused.session ?? labelBefore(requests, index);
    const server = after.find(
      ({ app, pod, session, outcome, at }) =>
        app === refused.app &&
        at >= refused.at + refused.ms &&
        pod !== undefined &&
        pod !== refused.pod &&
        isServed(outcome) &&
        session === label &&
        (label !== undefined || reason === undefined),
    );
    if (!server || refused.pod === undefined) continue;
    const served = `${server.pod} served the session after ${refused.pod} had refused it (request ${requests.indexOf(server) + 1})`;
    const again = after
      .slice(after.indexOf(server))
      .find(({ pod, outcome }) => pod === refused.pod && isRefused(outcome));
    if (again) return { isProof: true, sentence: `${served}, which did so again later: the pods differ.` };
    // A store that does not answer hides an entry, and never changes what a pod can open.
    return reason === 'unsealed' || reason === 'unreadable'
      ? { isProof: true, sentence: `${served}: the pods differ.` }
      : {
          isProof: false,
          sentence: `${served}: it was not lost. The pods differ, or its store did not answer for a moment.`,
        };
  }
  return eachItsOwn(requests);
}

/** Whether several sessions were each served by the pod of their sign-in alone, and refused by others alone. */
function eachItsOwn(requests: readonly StoryRequest[]): Difference | undefined {
  const signIns = new Map<AppName, StoryRequest>();
  const refusedElsewhere = new Set<StoryRequest>();
  for (const request of requests) {
    const { app, does, pod, outcome } = request;
    const signIn = signIns.get(app);
    if (does === 'sign in') signIns.set(app, request);
    else if (does === 'sign out') signIns.delete(app);
    else if (signIn?.pod !== undefined && pod !== undefined && (isServed(outcome) || isRefused(outcome))) {
      if ((pod === signIn.pod) !== isServed(outcome)) return undefined;
      if (isRefused(outcome)) refusedElsewhere.add(signIn);
    }
  }
  if (refusedElsewhere.size < 2) return undefined;
  return {
    isProof: true,
    sentence: `${refusedElsewhere.size} sessions were each served by the pod of their sign-in alone, and refused by another: the pods differ.`,
  };
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
  if (does === 'sign out') return [`The sign-out led to ${leadsTo ?? 'nowhere'}. Users sign in at ${story.authentik}.`];
  const differ = podsDiffer(story.requests, wrong);
  return [cookie, ...(differ ? [differ.sentence] : []), ...eventsBefore(story, index)];
}

/** What else happened between the last use of the session and its refusal. */
function eventsBefore(story: Story, index: number): string[] {
  const { requests } = story;
  const { app, pod } = requests[index]!;
  const isOwn = (request: StoryRequest): boolean => request.app === app && isAlive(request);
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
