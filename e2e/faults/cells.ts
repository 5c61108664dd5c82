import type { APIRequestContext, APIResponse } from '@playwright/test';
import type { Person } from '../../fixtures/person.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { contract, routes } from '../contract.ts';
import { deadline } from '../deadline.ts';
import { signInByHttp } from '../claims/sign-in-by-http.ts';
import { twoPods } from '../claims/two-pods.ts';
import { apiHeaders } from '../claims/web-app.ts';
import { answerOf, describeAnswer } from '../matchers/answers.ts';
import { recovery, withoutReadyPod } from '../models/recovery.ts';
import { wantedAt, type Fault } from './faults.ts';
import { moments, type MomentName } from './moments.ts';
import type { Expectation } from './oracle.ts';
import { seenIn } from './seen-in.ts';
import { missingTelemetry, readinessOf } from './telemetry.ts';
import { signalsOf } from './signals.ts';
import type { Prepared, World } from './world.ts';

/** A fault at a moment, as it was seen. */
export interface SeenCell {
  moment: MomentName;
  /** What the user saw. */
  saw: readonly string[];
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
  // A pod reads keys when it starts, and new ones at the first token that needs them. None may be new to it in this fault.
  if (fault.degrades?.includes('key set')) await world.fleet.rollout('platform-api');
  const begin = 'prepare' in fault ? await fault.prepare(world) : () => fault.begin(world);
  const unproven = await fault.evidence(world);
  const cells: Cell[] = [];
  // One after the other: some change the clock of Authentik for a moment.
  for (const name of names)
    cells.push({ name, wanted: wantedAt(fault, name), prepared: await moments[name].prepare(world) });
  const telemetry = await missingTelemetry(world);
  const isComplete = cells.map(({ prepared }) => prepared.isComplete?.() === true);
  const end = await begin();
  // Starts before the requests, because a pause is short.
  const evidence = unproven(deadline(10_000));
  let seen: SeenCell[];
  const recoveries = () => Promise.all(cells.map((cell) => recoveryOf(cell, world)));
  let late: string[][] | undefined;
  try {
    const usernames = cells.map(({ prepared }) => prepared.person.username);
    seen = await Promise.all(cells.map((cell) => actIn(cell, usernames)));
    // A readiness probe that depends on the faulty part would remove healthy pods from their Service.
    const ofFault = [...(await evidence), ...(await readinessOf(fault, world))];
    const missing = await telemetry(seen.flatMap(({ saw }) => saw));
    seen = seen.map((each, index) => ({
      ...each,
      faults: [
        ...each.faults,
        ...each.saw.flatMap(missing),
        ...ofFault,
        ...(isComplete[index] ? ['unproven: its request had completed before the fault began'] : []),
      ],
    }));
    // What breaks nothing for long must be overcome while it lasts.
    if (fault.breaks === undefined) late = await recoveries();
  } finally {
    await end?.();
  }
  late ??= await recoveries();
  return seen.map((each, index) => ({ ...each, faults: [...each.faults, ...(late?.[index] ?? [])] }));
}

/** @param usernames those of all cells, whose data must not be mixed up. */
async function actIn({ name, wanted, prepared }: Cell, usernames: readonly string[]): Promise<SeenCell> {
  const faults: string[] = [];
  const begin = performance.now();
  const responses = await prepared.act().catch((error: Error) => [error]);
  const seconds = (performance.now() - begin) / 1000;
  const saw: string[] = [];
  for (const response of responses) {
    const what = await seenIn(response);
    saw.push(what);
    if (!(wanted.sees as readonly string[]).includes(what))
      faults.push(`${await described(response)}: that is "${what}"; wanted "${wanted.sees.join('" or "')}"`);
    if (response instanceof Error) continue;
    const { 'x-session-reason': reason } = response.headers();
    if (reason !== signalsOf(what).reason)
      faults.push(`x-session-reason of ${what} is ${reason}; wanted ${signalsOf(what).reason}`);
    if (prepared.page) faults.push(...(await wrongOnPage(response, what, prepared.page)));
    if (what !== 'served') continue;
    const text = await response.text();
    const named = usernames.filter((username) => text.includes(username));
    if (named.join() !== prepared.person.username)
      faults.push(`the response names ${named.join(' and ') || 'nobody'}; wanted ${prepared.person.username}`);
  }
  const [signedIn] = prepared.visitors;
  if (signedIn) {
    const hasCookie = (await signedIn.visitor.cookieHeader()).includes(contract.sessionCookie);
    if (hasCookie && saw[0]?.startsWith('signed out')) faults.push('the browser still has the cookie of the session');
    if (!hasCookie && wanted.session === 'lives') faults.push('the browser has lost its cookie');
  }
  if (seconds > deadline(wanted.within * 1000) / 1000)
    faults.push(`it took ${seconds.toFixed(1)} s; wanted ${wanted.within} s at most`);
  return { moment: name, saw: [...new Set(saw.length === 0 ? ['nothing'] : saw)], faults };
}

/** What is wrong with a response to a user who opens a page, or is to come back to it. */
async function wrongOnPage(
  response: APIResponse,
  what: string,
  { path, browser }: NonNullable<Prepared['page']>,
): Promise<string[]> {
  const { location, 'x-served-by': pod, 'content-type': type = '' } = response.headers();
  if (pod === undefined) return [];
  if (location === undefined)
    return type.startsWith('text/html') ? [] : [`a page is ${type || 'of no type'}, not HTML`];
  const to = new URL(location, response.url());
  if (what.startsWith('sign-in page') && to.searchParams.get('to') !== path)
    return [`the sign-in page leads back to ${to.searchParams.get('to')}; wanted ${path}`];
  if (what !== 'signed in') return [];
  const { cookies } = await browser.storageState();
  if (!cookies.some(({ name }) => name === contract.sessionCookie))
    return ['a sign-in succeeds without a session cookie'];
  const { location: end, 'x-served-by': next } = (await browser.get(to.href, { maxRedirects: 0 })).headers();
  return next === undefined || end === path ? [] : [`a sign-in leads back to ${end}; wanted ${path}`];
}

const described = async (response: APIResponse | Error): Promise<string> =>
  response instanceof Error ? (response.message.split('\n')[0] ?? '') : describeAnswer(await answerOf(response));

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
        for (const pod of await twoPods(fleet, visitor.origin === origin ? appName : otherApp)) {
          await recovery(
            () => browser.get(`${visitor.origin}/api/me`, { headers: { ...apiHeaders(pod), cookie }, timeout }),
            {
              of: `the session on ${pod} afterwards`,
              until: wanted.session === 'lives' ? 200 : 401,
              // The data may come a moment later than the session.
              allowed: [...withoutReadyPod, '502 app'],
              timeout,
            },
          );
          if (wanted.session === 'lives') continue;
          const headers = { cookie, 'x-edge-pin': pod, accept: 'text/html', 'x-edge-kind': 'browser' };
          const page = await seenIn(await browser.get(visitor.origin, { headers, maxRedirects: 0 }));
          if (!page.startsWith('sign-in page')) return [`a page with the old cookie is "${page}" on ${pod}`];
        }
      }
    }
    if (wanted.session === 'none' || (wanted.session === 'ended' && moments[name].session === 'lives')) {
      let why: string | undefined;
      // With the cookies that the browser still has: one of a session that has ended must not be in the way.
      const signIn = async () =>
        (why = await signInFault(visitors[0]?.visitor.request ?? (await newRequests()), origin, person));
      await until(async () => (await signIn()) === undefined, {
        timeoutMs: timeout,
        intervalMs: 100,
        failure: () => new Error(`${person.username} cannot sign in afterwards, within ${timeout / 1000} s: ${why}`),
      });
    }
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

/** Why a sign-in does not end signed in; undefined: it does. */
async function signInFault(browser: APIRequestContext, origin: string, person: Person): Promise<string | undefined> {
  try {
    await signInByHttp(browser, origin, person, routes.signIn);
    const answer = await browser.get(`${origin}/api/me`, { headers: apiHeaders() });
    const isIn = answer.status() === 200 && (await answer.text()).includes(person.username);
    return isIn ? undefined : `then ${describeAnswer(await answerOf(answer))}`;
  } catch (error) {
    return (error as Error).message;
  }
}
