import { sessionApp, type AppName } from '../../../apps/environment/apps.ts';
import type { SessionReason } from '../../../apps/environment/session-reasons.ts';
import { routes } from '../../contract.ts';
import { counted } from '../check.ts';
import type { SmokeTarget } from '../target.ts';
import { cookieFaults, type SetCookie } from './cookies.ts';
import { expectedDiscovery } from './discovery.ts';
import { signOutFix } from './end-session.ts';
import { inFrontOfPods, nextStepFor } from './next-step.ts';
import { adviceOnKept, keptForOthers, type Stranger } from './refusals.ts';

/** One answer to a call of the test user. */
export interface Call {
  status: number;
  /** Empty: the answer names none. */
  pod: string;
  reason: SessionReason | undefined;
  /** Its `x-request-id`; empty: none. */
  id: string;
}

/** What calls with a session showed. */
export interface Calls {
  statuses: readonly number[];
  reasons: readonly SessionReason[];
  pods: ReadonlySet<string>;
  /** Pods that answered 5xx, and nothing else. */
  failing: readonly string[];
  summary: string;
  /** What to look at, if a cache answered. */
  kept: string | undefined;
}

export const callsIn = (answers: readonly Call[]): Calls => ({
  statuses: answers.map(({ status }) => status),
  reasons: answers.flatMap(({ reason }) => reason ?? []),
  pods: new Set(answers.map(({ pod }) => pod).filter(Boolean)),
  failing: [...Map.groupBy(answers, ({ pod }) => pod)]
    .filter(([pod, its]) => pod && its.every(({ status }) => status >= 500))
    .map(([pod]) => pod),
  summary: counted(answers, ({ status, pod, reason }) =>
    [status, reason && `(${reason})`, `from ${pod || 'an unnamed pod'}`].filter(Boolean).join(' '),
  ),
  kept: adviceOnKept(answers.map(({ id }) => id)),
});

/** What a test user saw of an app. */
export interface SeenByTestUser {
  /** The session cookie that signing in set. */
  session: SetCookie | undefined;
  known: Calls;
  stranger: Stranger;
  /** The routes beside `/api/me`, with the session. */
  data: ReadonlyArray<{ path: string; status: number; reason?: SessionReason | undefined }>;
  signedOut: {
    /** The pod that answered the request to sign out. */
    pod: string | undefined;
    /** What that was answered, if it is no redirect. */
    refused?: number;
    /** The end-session address that signing out went to, or another stop; none. */
    there: string;
    hasHint: boolean;
    end: { url: string; status: number };
  };
  /** Calls with the old cookie. */
  replayed: Calls;
}

/** What to look at when calls with a session are not answered 200. */
function adviceOnCalls(app: AppName, { statuses, reasons, pods, failing, kept }: Calls): string {
  if (kept) return `${kept}.`;
  const [reason] = reasons;
  const others = [...pods].filter((pod) => !pod.startsWith(`${app}-`));
  if (others.length > 0) return `${others.join(' and ')} is no pod of ${app}: look at the routes of the ingress.`;
  if (reason) return nextStepFor(reason);
  if (failing.length > 0 && statuses.includes(200)) return `look at the log of ${failing.join(' and ')}.`;
  if (statuses.every((status) => status < 500))
    return `those refusals give no x-session-reason, as refusals of ${app} do: look whether something on the way makes or changes them, and whether the pods run an older release.`;
  return `what ${app} asks does not answer: look at platform-api, and at NUXT_PLATFORM_API_URL in fleet/apps/${app}.yaml.`;
}

/** What is wrong with how a session ends. */
function signOutFaults(
  app: AppName,
  urls: SmokeTarget['urls'],
  { pod, refused, there, hasHint, end }: SeenByTestUser['signedOut'],
): string[] {
  const inFront = pod === undefined ? inFrontOfPods(app) : undefined;
  if (refused !== undefined)
    return [
      `Signing out of ${app} by POST ${routes.signOut} was answered ${refused}: ${inFront ?? `look at the log of ${pod}`}.`,
    ];
  const wanted = expectedDiscovery(urls.auth, app).end_session_endpoint;
  const landing = `${urls[app]}/signed-out`;
  if (there !== wanted)
    return [
      `Signing out of ${app} went to the end-session address ${there}, not to ${wanted}: ${inFront ?? signOutFix(app)}.`,
    ];
  const next =
    end.status > 400
      ? `, which answered ${end.status}: look at its log, and at the rules of the ingress in front of it.`
      : `: register ${landing} as a logout redirect URI of its provider.`;
  return [
    ...(hasHint ? [] : [`Signing out of ${app} sent no id_token_hint, so Authentik does not send people back.`]),
    ...(end.url === landing ? [] : [`Signing out of ${app} ended at ${end.url.split('?')[0]}${next}`]),
  ];
}

/** 501: there is no such service here. */
const isData = (status: number): boolean => status === 200 || status === 501;

/** What to look at when a route answers so, and `/api/me` well. */
function adviceOnData(app: AppName, status: number, reason: SessionReason | undefined): string {
  // Of a session that /api/me had a moment before.
  if (reason) return nextStepFor(reason);
  return app === 'operator' && status === 403
    ? 'compare the groups of the test user at Authentik with OPERATOR_GROUP in fleet/apps/platform-api.yaml.'
    : 'look at the log of platform-api, and at what it asks.';
}

/** What is wrong with what a test user saw, in sentences. */
export function testUserFaults(
  app: AppName,
  { urls, pods }: Pick<SmokeTarget, 'urls' | 'pods'>,
  { session, known, stranger, data, signedOut, replayed }: SeenByTestUser,
): string[] {
  const [me] = sessionApp[app].api;
  // Then nothing else that was seen is of a pod.
  const kept = keptForOthers(stranger);
  if (kept) return [kept];
  // What follows would be of no session.
  if (!session)
    return [
      `Signing in to ${app} set no session cookie that came here: look whether something on the way removes Set-Cookie headers, of which its answers have several, and at the log of ${app}.`,
    ];
  const isKnown = known.statuses.every((status) => status === 200);
  // Then signing out ends no session, whatever the settings are.
  const isAway = [known, replayed].some(({ reasons }) => reasons.includes('store-unavailable'));
  // A sign-out without a session has no hint, and the store remembers no end.
  const isLost = isKnown && !signedOut.hasHint && replayed.reasons.includes('missing');
  const faults: ReadonlyArray<readonly [holds: boolean, fault: string]> = [
    [isKnown, `After signing in to ${app}, ${me} answered ${known.summary}: ${adviceOnCalls(app, known)}`],
    ...[...Map.groupBy(data, ({ status }) => status)].map(
      ([status, its]) =>
        [
          isData(status) || !isKnown,
          `GET ${its.map(({ path }) => path).join(', ')} of ${app} was answered ${status} with the session of the test user: ${adviceOnData(app, status, its[0]?.reason)}`,
        ] as const,
    ),
    [
      !isLost || data.some(({ reason }) => reason === 'missing'),
      `${app} lost the session of the test user between ${me} and the sign-out: ${nextStepFor('missing')}`,
    ],
    [
      known.pods.size >= pods || known.kept !== undefined,
      `Unproven: ${known.pods.size} of ${pods} pods of ${app} answered ${known.statuses.length} calls with the session: look at sticky sessions in the ingress.`,
    ],
    [
      signedOut.refused !== undefined || (isAway && !isKnown) || replayed.statuses.every((status) => status === 401),
      `After signing out of ${app} the old cookie was answered with ${replayed.summary}: ${
        replayed.kept ??
        (isAway
          ? 'the store did not answer each time, so look at the pod of Redis'
          : replayed.statuses.includes(200)
            ? 'signing out does not remove the session'
            : 'whether it still opens the session is not known')
      }.`,
    ],
  ];
  return [
    ...cookieFaults(session),
    ...faults.flatMap(([holds, fault]) => (holds ? [] : [fault])),
    // A session that was lost before cannot be ended.
    ...(isAway || isLost || known.statuses.includes(401) ? [] : signOutFaults(app, urls, signedOut)),
  ];
}
