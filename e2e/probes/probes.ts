import { aborted } from 'node:util';
import { appNames, firstApp, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { reasonNamed, type SessionReason } from '../../apps/environment/session-reasons.ts';
import type { LiveResponse } from '../../fleet/engines/live/live.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { podName, revisionName } from '../../fleet/pod-names.ts';
import { contract, routes } from '../contract.ts';
import { CheckFailed } from './check.ts';
import type { SmokeClient } from './client.ts';
import { jsonObject } from './json-object.ts';
import { authorizationFaults, locationIn } from './rules/authorization-request.ts';
import { AnsweredInFront } from './rules/in-front.ts';
import { requestIdOf } from './rules/refusals.ts';
import { discoveryFaults, discoveryPath, jsonOf } from './rules/discovery.ts';
import type { HostRole, SmokeTarget } from './target.ts';

/**
 * What a probe asks, the status that it should be answered with, and how often it is sent to a host in a round. An app
 * gets 7 or 11 requests: a prime number, so that a balancer which takes its pods in turn gives each probe to each pod.
 */
export const probes = {
  ready: { asks: 'GET /api/_health/ready', wanted: 200, times: 4 },
  'no session': { asks: 'GET /api/me without a session', wanted: 401, times: 2 },
  'sign-in': { asks: `GET ${routes.signIn}`, wanted: 302, times: 1 },
  session: { asks: 'GET /api/me with a session', wanted: 200, times: 4 },
  discovery: { asks: 'GET its discovery document', wanted: 200, times: 1 },
} as const;
export type ProbeName = keyof typeof probes;

/** One answer of a deployed fleet, or that none came. */
export interface ProbeAnswer {
  /** Milliseconds since the first probe. */
  at: number;
  /** The app, or `auth`. */
  of: string;
  probe: ProbeName;
  /** 0: no answer came. */
  status: number;
  /** Empty strings for what the answer does not name. */
  pod: string;
  revision: string;
  /** What should be the same for every pod: its report about itself, or where a sign-in leads. */
  facts: Readonly<Record<string, string>>;
  /** Milliseconds until it came; absent: none came, or nobody asked for it in a round. */
  took?: number;
  /** Its `x-request-id`; absent or empty: none. */
  id?: string;
  /** Why there is no session, as the pod says. */
  reason?: SessionReason | undefined;
  /** What is wrong with it, as a sentence. */
  problem?: string | undefined;
  /** It is not from a pod of the app, so it says nothing about one. */
  isOutside?: boolean;
  /** An answer came, and led no further. */
  isStuck?: boolean;
  /** Asking again is of no use for now. */
  isFinal?: boolean;
}

/** Looks at an answer. @throws CheckFailed, Unreachable. */
type Look = () => Promise<Partial<ProbeAnswer> & { status: number }>;

/** What an answer shows. A host that gives none is a normal result during a rollout. */
export async function answerTo(asked: Pick<ProbeAnswer, 'at' | 'of' | 'probe'>, look: Look): Promise<ProbeAnswer> {
  const none = { ...asked, pod: '', revision: '', facts: {} };
  const askedAt = performance.now();
  try {
    const answer = await look();
    return { ...none, took: performance.now() - askedAt, ...answer };
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof CheckFailed)) throw error;
    const { isFinal = false, pod = '' } = error instanceof Unreachable ? error : {};
    if (error instanceof AnsweredInFront)
      return { ...none, status: error.status, problem: error.message, isOutside: true };
    return { ...none, pod, status: 0, problem: error.message, isFinal, isStuck: error instanceof CheckFailed };
  }
}

/** The answers to these probes, each as often as a round sends it; undefined: there is nothing to ask. */
export const answersTo = (
  asked: Pick<ProbeAnswer, 'at' | 'of'>,
  looks: Partial<Record<ProbeName, Look | undefined>>,
): Array<Promise<ProbeAnswer>> =>
  (Object.keys(looks) as ProbeName[]).flatMap((probe) => {
    const look = looks[probe];
    return look ? Array.from({ length: probes[probe].times }, () => answerTo({ ...asked, probe }, look)) : [];
  });

/** A session of each app that may be used, as a `cookie` header. */
export type SessionCookies = Partial<Record<AppName, string>>;

/** The sessions in a file: a line `<app>: <cookie header>` for each. @throws HarnessError without one. */
export async function sessionsIn(file: string): Promise<SessionCookies> {
  const sessions = Object.fromEntries(
    (await readGiven(file, '--cookie')).split('\n').flatMap((line) => {
      const [, app = '', value = ''] = /^\s*(\w[\w-]*):\s*(\S.*)$/.exec(line) ?? [];
      return (appNames as readonly string[]).includes(app) ? [[app, value]] : [];
    }),
  ) as SessionCookies;
  if (Object.keys(sessions).length > 0) return sessions;
  throw new HarnessError(
    `${file} has no session cookie. Write lines such as "${appNames[0]}: ${contract.sessionCookie}=…" in it, from the cookie header of a browser.`,
  );
}

export type ProbeClient = Pick<SmokeClient, 'get'> & { readonly target: Pick<SmokeTarget, 'urls'> };

const roundMs = 1_000;

/** Sends a round of probes. @param at milliseconds since the first round. */
export type AskRound = (at: number) => Promise<ProbeAnswer[]>;

/**
 * Sends a round of probes each second, however long answers take: a slow fleet must not hide its own gaps.
 * @param options.onRound called with the answers of each round; true ends the loop.
 * @returns the answers, in the order of their requests. After an abort of the signal those that had come by then.
 */
export async function askEachSecond(
  askRound: AskRound,
  {
    seconds,
    signal,
    onRound,
  }: {
    seconds: number | undefined;
    signal: AbortSignal;
    onRound?: (round: readonly ProbeAnswer[], all: readonly ProbeAnswer[]) => boolean;
  },
): Promise<ProbeAnswer[]> {
  const startedAt = performance.now();
  const answers: ProbeAnswer[] = [];
  const rounds: Array<Promise<void>> = [];
  const { promise: isOver, resolve: end, reject: fail } = Promise.withResolvers<void>();
  const ask = async (): Promise<void> => {
    const round = await askRound(performance.now() - startedAt);
    answers.push(...round);
    if (onRound?.(round, answers)) end();
  };
  const next = (): void => {
    const round = ask();
    rounds.push(round);
    round.catch(fail);
  };
  const interrupted = aborted(signal, answers);
  next();
  const timer = setInterval(next, roundMs);
  const ending = seconds === undefined ? undefined : setTimeout(end, seconds * 1_000);
  await Promise.race([isOver, interrupted]).finally(() => {
    clearInterval(timer);
    clearTimeout(ending);
  });
  // An interruption does not wait for a host that hangs. Any other end waits for the requests, which have a timeout.
  await Promise.race([Promise.all(rounds), interrupted]);
  return answers.toSorted((one, other) => one.at - other.at);
}

/** A round of probes: each app, and Authentik. @param at milliseconds since the first round. */
export function askOnce(client: ProbeClient, sessions: SessionCookies, at = 0): Promise<ProbeAnswer[]> {
  const ofApps = appNames.flatMap((app) => {
    const cookie = sessions[app];
    return answersTo(
      { at, of: app },
      {
        ready: look(client, app, 'ready'),
        'no session': look(client, app, 'no session'),
        'sign-in': look(client, app, 'sign-in'),
        session: cookie ? look(client, app, 'session', { cookie }) : undefined,
      },
    );
  });
  return Promise.all([...ofApps, ask(client, 'auth', 'discovery', at)]);
}

/** One probe. */
export const ask = (client: ProbeClient, of: HostRole, probe: ProbeName, at = 0): Promise<ProbeAnswer> =>
  answerTo({ at, of, probe }, look(client, of, probe));

const look =
  (client: ProbeClient, of: HostRole, probe: ProbeName, headers: Record<string, string> = {}): Look =>
  async () => {
    const answer = await client.get(of, pathOf(of, probe), { headers });
    const { status, headers: given } = answer;
    const report = probe === 'ready' ? reportIn(answer.body) : {};
    const target = probe === 'sign-in' ? locationIn(answer) : null;
    const pod = podName(String(given['x-served-by'] ?? report['pod'] ?? '')) ?? '';
    // Pods have the name of their Deployment in front.
    const other = appNames.find((app) => app !== of && pod.startsWith(`${app}-`));
    const isFromPod = of === 'auth' || given['x-served-by'] !== undefined || report['ok'] !== undefined;
    const outside = other
      ? `${of} is answered by a pod of ${other} (${pod}): look at the Service and the Ingress of ${of}.`
      : isFromPod
        ? undefined
        : problemOutside(client, of, probe, answer);
    return {
      status,
      pod,
      revision: revisionName(String(given['x-revision'] ?? report['revision'] ?? '')) ?? '',
      facts: Object.fromEntries(
        Object.entries({ ...report, ...(target && { leadsTo: target.origin }) }).flatMap(([name, value]) =>
          typeof value === 'object' || namedByHeaders.has(name) ? [] : [[name, String(value)]],
        ),
      ),
      reason: reasonNamed(String(given['x-session-reason'])),
      id: requestIdOf(answer),
      problem: outside ?? problemOf(client, of, probe, answer),
      isOutside: outside !== undefined,
    };
  };

/** Why an answer that names no pod is not from one. */
function problemOutside(
  { target }: ProbeClient,
  of: AppName,
  probe: ProbeName,
  answer: LiveResponse,
): string | undefined {
  if (probe !== 'ready') return undefined;
  const to = locationIn(answer);
  const advice = to
    ? `redirects to ${to.origin}${to.pathname}: look which ingress or proxy does, or give what it wants by --header`
    : 'look at its DNS record and its Ingress';
  return `${new URL(target.urls[of]).host} does not serve ${of}: no pod reports at ${probes.ready.asks} (${answer.status})${to ? ', which' : ':'} ${advice}.`;
}

function problemOf({ target }: ProbeClient, of: HostRole, probe: ProbeName, answer: LiveResponse): string | undefined {
  const { wanted, asks } = probes[probe];
  // A sign-in may be answered with another redirect.
  const isRight = probe === 'sign-in' ? answer.headers.location !== undefined : answer.status === wanted;
  if (!isRight) return `${of} answers ${answer.status} to ${asks}, not ${wanted}.`;
  const { urls } = target;
  if (probe === 'discovery')
    return discoveryFaults(jsonOf(answer.url, answer.body), urls.auth, firstApp).join(' ') || undefined;
  if (probe !== 'sign-in') return undefined;
  return authorizationFaults(answer, { app: of, own: urls[of], auth: urls.auth }).join(' ') || undefined;
}

function pathOf(of: HostRole, probe: ProbeName): string {
  if (of === 'auth') return discoveryPath(firstApp);
  if (probe === 'sign-in') return routes.signIn;
  return probe === 'ready' ? sessionApp[of].health.ready : sessionApp[of].api[0];
}

/** Of the report of a pod about itself. */
const namedByHeaders: ReadonlySet<string> = new Set(['pod', 'revision']);

/** The report of a pod about itself, or that the body is none. */
const reportIn = (body: string): Readonly<Record<string, unknown>> => jsonObject(body) ?? { body: 'no report' };

/** `operator-a on 1.4.0 (11 x), operator-b on 1.3.0 (9 x)`, and the problems of those that have one. */
export function tally(answers: readonly ProbeAnswer[]): string {
  const groups = Map.groupBy(
    answers,
    ({ pod, revision, problem }) => problem ?? `${pod || 'an unnamed pod'} on ${revision || 'an unnamed revision'}`,
  );
  return [...groups].map(([what, its]) => `${what} (${its.length} x)`).join(', ');
}
