import { setTimeout as delay } from 'node:timers/promises';
import { aborted } from 'node:util';
import { appNames, firstApp, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { reasonNamed, type SessionReason } from '../../apps/environment/session-reasons.ts';
import { Unreachable } from '../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { readGiven } from '../../fleet/read-given.ts';
import { podName, revisionName } from '../../fleet/pod-names.ts';
import { contract, routes } from '../contract.ts';
import type { SmokeClient } from './client.ts';
import { jsonObject } from './json-object.ts';
import { authorizationFaults, readLocation } from './rules/authorization-request.ts';
import { discoveryPath } from './rules/discovery.ts';
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
  /** Why there is no session, as the pod says. */
  reason?: SessionReason;
  /** What is wrong with it, as a sentence. */
  problem?: string;
  /** It is not from a pod of the app, so it says nothing about one. */
  isOutside?: true;
  /** Asking again is of no use for now. */
  isFinal?: true;
}

/** That no answer came. */
export const noAnswer = (asked: Pick<ProbeAnswer, 'at' | 'of' | 'probe'>, problem: string): ProbeAnswer => ({
  ...asked,
  status: 0,
  pod: '',
  revision: '',
  facts: {},
  problem,
});

/** A session of each app that may be used, as a `cookie` header. */
export type SessionCookies = Partial<Record<AppName, string>>;

/** The sessions in a file: a line `<app>: <cookie header>` for each. @throws HarnessError without one. */
export function sessionsIn(file: string): SessionCookies {
  const sessions = Object.fromEntries(
    readGiven(file, '--cookie')
      .split('\n')
      .flatMap((line) => {
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
  const end = new AbortController();
  const over = AbortSignal.any([end.signal, signal]);
  // Node may collect a signal of `AbortSignal.timeout` that only `AbortSignal.any` refers to, and it then never aborts.
  const ending = seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1_000);
  const ask = async (): Promise<void> => {
    const round = await askRound(performance.now() - startedAt);
    answers.push(...round);
    if (onRound?.(round, answers)) end.abort();
  };
  while (!over.aborted) {
    const round = ask();
    rounds.push(round);
    // An error of the harness ends the loop at once.
    round.catch(() => end.abort());
    const sinceRound = (performance.now() - startedAt) % roundMs;
    await delay(roundMs - sinceRound, undefined, { signal: over }).catch(() => {});
  }
  clearTimeout(ending);
  // An interruption does not wait for a host that hangs. Any other end waits for the requests, which have a timeout.
  await Promise.race([Promise.all(rounds), aborted(signal, answers)]);
  return answers.toSorted((one, other) => one.at - other.at);
}

/** A round of probes: each app, and Authentik. @param at milliseconds since the first round. */
export async function askOnce(client: ProbeClient, sessions: SessionCookies, at = 0): Promise<ProbeAnswer[]> {
  const ofApps = appNames.flatMap((app) => {
    const cookie = sessions[app];
    const names: ProbeName[] = ['ready', 'no session', 'sign-in', ...(cookie ? (['session'] as const) : [])];
    return names.flatMap((probe) =>
      Array.from({ length: probes[probe].times }, () =>
        ask(client, app, probe, { at, ...(probe === 'session' && cookie ? { cookie } : {}) }),
      ),
    );
  });
  return Promise.all([...ofApps, ask(client, 'auth', 'discovery', { at })]);
}

/** One probe. A host that gives no answer is a normal result during a rollout. */
export async function ask(
  client: ProbeClient,
  of: HostRole,
  probe: ProbeName,
  { at = 0, cookie }: { at?: number; cookie?: string } = {},
): Promise<ProbeAnswer> {
  try {
    const answer = await client.get(of, pathOf(of, probe), cookie ? { headers: { cookie } } : {});
    const { status, headers } = answer;
    const report = probe === 'ready' ? reportIn(answer.body) : {};
    const reason = reasonNamed(String(headers['x-session-reason']));
    const target = probe === 'sign-in' ? readLocation(answer) : null;
    const { wanted, asks } = probes[probe];
    const { urls } = client.target;
    const faults =
      probe === 'sign-in' && of !== 'auth'
        ? authorizationFaults(answer, { app: of, own: urls[of], auth: urls.auth })
        : [];
    // A sign-in may be answered with another redirect.
    const isRight = probe === 'sign-in' ? headers.location !== undefined : status === wanted;
    const isUnnamed = of !== 'auth' && headers['x-served-by'] === undefined && report['ok'] === undefined;
    const outside = !isUnnamed
      ? undefined
      : [502, 503, 504].includes(status)
        ? `No pod of ${of} answered, only its ingress (${status}): look whether one is ready, and at Redis, without which none is.`
        : probe === 'ready'
          ? `${new URL(urls[of]).host} does not serve ${of}: no pod reports at ${asks} (${status}): look at its DNS record and its Ingress.`
          : undefined;
    const problem = outside ?? (isRight ? faults.join(' ') : `${of} answers ${status} to ${asks}, not ${wanted}.`);
    return {
      at,
      of,
      probe,
      status,
      pod: podName(String(headers['x-served-by'] ?? report['pod'] ?? '')) ?? '',
      revision: revisionName(String(headers['x-revision'] ?? report['revision'] ?? '')) ?? '',
      facts: Object.fromEntries(
        Object.entries({ ...report, ...(target && { leadsTo: target.origin }) }).flatMap(([name, value]) =>
          typeof value === 'object' || namedByHeaders.has(name) ? [] : [[name, String(value)]],
        ),
      ),
      ...(reason ? { reason } : {}),
      ...(problem ? { problem } : {}),
      ...(outside ? { isOutside: true } : {}),
    };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    const final = error.isFinal ? { isFinal: true as const } : {};
    return { ...noAnswer({ at, of, probe }, error.message), ...final };
  }
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
