import type { APIRequestContext, APIResponse } from '@playwright/test';
import { reasonNamed, sessionReasons, type SessionReason } from '../../apps/environment/session-reasons.ts';
import type { Person } from '../../fixtures/person.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { contract } from '../contract.ts';
import { deadline } from '../deadline.ts';
import { signInByHttp } from '../claims/sign-in-by-http.ts';
import { twoPods } from '../claims/two-pods.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { routes } from '../models/app.ts';
import { backChannelPath } from '../models/back-channel.ts';
import { recovery, withoutReadyPod } from '../models/recovery.ts';
import { metric } from '../models/session-reports.ts';
import { wantedAt, type Fault } from './faults.ts';
import { cookieOf, moments, type MomentName } from './moments.ts';
import type { Expectation } from './oracle.ts';
import type { Seen } from './parts.ts';
import type { Prepared, World } from './world.ts';

/** A fault at a moment, as it was seen. */
export interface SeenCell {
  moment: MomentName;
  /** What the user saw, and after how many seconds at most. */
  saw: readonly Seen[];
  seconds: number;
  /** What is wrong; empty when the oracle allows everything. */
  faults: readonly string[];
}

interface Cell {
  name: MomentName;
  wanted: Expectation;
  prepared: Prepared;
}

/** Tries a fault at these moments, all at once: each has users of its own. */
export async function tryCells(fault: Fault, names: readonly MomentName[], world: World): Promise<SeenCell[]> {
  const begin = (await fault.prepare?.(world)) ?? (() => fault.begin!(world));
  const cells: Cell[] = [];
  // One after the other: some change the clock of Authentik for a moment.
  for (const name of names)
    cells.push({ name, wanted: wantedAt(fault, name), prepared: await moments[name].prepare(world) });
  const counted = await countersOf(world);
  const end = await begin();
  let seen: SeenCell[];
  const recoveries = () => Promise.all(cells.map((cell) => recoveryOf(cell, world)));
  let late: string[][] | undefined;
  try {
    seen = await Promise.all(cells.map((cell) => actIn(cell)));
    // Otherwise one fault takes the pods of another part out of their Service.
    const health = await readinessOf(fault, world);
    const unreported = await reports(seen, counted, world);
    seen = seen.map((each) => ({ ...each, faults: [...each.faults, ...unreported(each), ...health] }));
    // What breaks nothing for long must be overcome while it lasts.
    if (fault.breaks === undefined) late = await recoveries();
  } finally {
    await end();
  }
  late ??= await recoveries();
  return seen.map((each, index) => ({ ...each, faults: [...each.faults, ...(late?.[index] ?? [])] }));
}

async function actIn({ name, wanted, prepared }: Cell): Promise<SeenCell> {
  const faults: string[] = [];
  const begin = performance.now();
  const responses = await prepared.act().catch((error: Error) => {
    return [error];
  });
  const seconds = (performance.now() - begin) / 1000;
  const saw: Seen[] = [];
  for (const response of responses) {
    const what = await seenIn(response);
    saw.push(what);
    if (!wanted.sees.includes(what))
      faults.push(
        `${response instanceof Error ? response.message.split('\n')[0] : describeAnswer(await answerOf(response))}: ` +
          `that is "${what}"; wanted "${wanted.sees.join('" or "')}"`,
      );
    if (what === 'served' && !(response as Error).message) {
      const text = await (response as APIResponse).text();
      if (!text.includes(prepared.person.username))
        faults.push(`the response does not name ${prepared.person.username}`);
    }
  }
  const [signedIn] = prepared.visitors;
  if (signedIn) {
    const hasCookie = (await cookieOf(signedIn.visitor)).includes(contract.sessionCookie);
    if (hasCookie && saw[0]?.startsWith('signed out')) faults.push('the browser still has the cookie of the session');
    if (!hasCookie && wanted.session === 'lives') faults.push('the browser has lost its cookie');
  }
  if (seconds > deadline(wanted.within * 1000) / 1000)
    faults.push(`it took ${seconds.toFixed(1)} s; wanted ${wanted.within} s at most`);
  return { moment: name, saw: [...new Set(saw.length === 0 ? ['nothing'] : saw)], seconds, faults };
}

/** What a response is for a user. */
async function seenIn(response: APIResponse | Error): Promise<Seen> {
  if (response instanceof Error) return 'no response';
  const status = response.status();
  const { location, 'x-served-by': pod, 'x-session-reason': reason } = response.headers();
  if (pod === undefined) return status === 0 ? 'no response' : `${status} of the ingress`;
  if (location !== undefined) return seenAt(new URL(location, response.url()), new URL(response.url()));
  if (response.url().endsWith(backChannelPath)) {
    const { error } = status === 200 ? { error: undefined } : ((await response.json()) as { error?: string });
    return status === 200 ? 'accepted' : error === 'temporarily_unavailable' ? 'try again' : `${status} ${error}`;
  }
  if (status === 200) return 'served';
  return reason === undefined ? String(status) : `${status} ${reason}`;
}

function seenAt(target: URL, from: URL): Seen {
  if (target.pathname === '/sign-in') return `sign-in page: ${target.searchParams.get('failed') ?? 'asked'}`;
  if (target.pathname === '/signed-out')
    return target.search === '?unfinished' ? 'signed out here alone' : 'signed out';
  if (target.pathname === '/application/o/authorize/') return 'sent to Authentik';
  // Where its end-session begins (docs/decisions/0034).
  if (from.pathname.endsWith('/logout') && target.host.startsWith('auth.')) return 'signed out';
  return target.origin === from.origin ? 'signed in' : `sent to ${target.host}`;
}

/** What is wrong with the readiness of platform-api, in a fault of something else. */
async function readinessOf({ breaks = [], disturbs = [] }: Fault, { fleet, newRequests }: World): Promise<string[]> {
  if ([...breaks, ...disturbs].includes('platform-api')) return [];
  const health = await (await newRequests()).get(`${httpsOf(fleet.hosts.api)}/health/ready`);
  return health.ok() ? [] : [`platform-api is not Ready: ${describeAnswer(await answerOf(health))}`];
}

type Counters = ReadonlyMap<string, Readonly<Record<string, number>>>;
const refusals = 'dezky_requests_without_session_total';

/** What the log says of a reason beside its line of JSON. */
const explained: Partial<Record<SessionReason, readonly string[]>> = {
  'not-renewed': ['Tokens could not be renewed'],
  'store-unavailable': ['Session storage: Redis '],
};

/** How many requests without a session each pod has counted, by reason. */
async function countersOf({ fleet, appName, otherApp }: World): Promise<Counters> {
  const pods = (await Promise.all([appName, otherApp].map((name) => fleet.pods(name))))
    .flat()
    .filter(({ ready }) => ready);
  const counted = await Promise.all(
    pods.map(async ({ name }) => [name, await metric(fleet, name, refusals).catch(() => ({}))] as const),
  );
  return new Map(counted);
}

/** Whether a reason that a user got is counted, in the log of a pod, and alarms somebody if it lasts. */
async function reports(seen: readonly SeenCell[], before: Counters, world: World) {
  const after = await countersOf(world);
  const logs = await Promise.all([...after.keys()].map((pod) => world.fleet.logs(pod).catch(() => [])));
  // A pod that has ended takes its counters with it.
  const isComparable = [...before.keys()].every((pod) => after.has(pod));
  return ({ saw }: SeenCell): string[] =>
    saw.flatMap((what) => {
      const reason = reasonNamed(/^503 (\S+)/.exec(what)?.[1] ?? '');
      if (!reason) return [];
      const counts = [...after].some(([pod, its]) => (its[reason] ?? 0) > (before.get(pod)?.[reason] ?? 0));
      const isLogged = [`"reason":"${reason}"`, ...(explained[reason] ?? [])].every((text) =>
        logs.some((lines) => lines.some((line) => line.includes(text))),
      );
      return [
        ...(counts || !isComparable ? [] : [`no pod has counted ${reason} in ${refusals}`]),
        ...(isLogged ? [] : [`no pod has ${reason} in its log`]),
        ...(sessionReasons[reason].alert === undefined ? [`no alert fires for ${reason}`] : []),
      ];
    });
}

/** What is wrong when the fault is over; nothing when each pod has, or has not, the sessions in time. */
async function recoveryOf({ name, wanted, prepared }: Cell, world: World): Promise<string[]> {
  const { person, visitors, afterwards } = prepared;
  const { fleet, appName, otherApp, newRequests } = world;
  const timeout = deadline(wanted.recoversIn * 1000);
  const origin = httpsOf(fleet.hosts[appName]);
  try {
    await afterwards?.(timeout);
    if (wanted.session === 'lives' || wanted.session === 'ended') {
      for (const { visitor, cookie } of visitors) {
        // The browser may have lost its cookie. That it is of no use any more is another claim.
        const browser = await newRequests();
        for (const pod of await twoPods(fleet, visitor.origin === origin ? appName : otherApp))
          await recovery(() => browser.get(`${visitor.origin}/api/me`, { headers: headersOf(cookie, pod), timeout }), {
            of: `the session on ${pod} afterwards`,
            until: wanted.session === 'lives' ? 200 : 401,
            // The data may come a moment later than the session.
            allowed: [...withoutReadyPod, '502 app'],
            timeout,
          });
      }
    }
    if (wanted.session === 'none' || (wanted.session === 'ended' && moments[name].session === 'lives'))
      await until(async () => signsIn(await newRequests(), origin, person), {
        timeoutMs: timeout,
        intervalMs: 100,
        failure: () => new Error(`${person.username} cannot sign in afterwards, within ${timeout / 1000} s`),
      });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

const headersOf = (cookie: string, pod: string) => ({
  accept: 'application/json',
  'x-edge-kind': 'api',
  'x-edge-pin': pod,
  cookie,
});

const signsIn = (browser: APIRequestContext, origin: string, person: Person): Promise<boolean> =>
  signInByHttp(browser, origin, person, routes.signIn).then(
    () => true,
    () => false,
  );
