import type { APIRequestContext, APIResponse } from '@playwright/test';
import { sessionApp } from '../../apps/environment/apps.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { until } from '../../fleet/until.ts';
import { routes } from '../contract.ts';
import { delayNextRefresh, expireForReal, refreshesBegun } from '../models/refreshes.ts';
import { callbackByHttp } from '../claims/sign-in-by-http.ts';
import { twoPods } from '../claims/two-pods.ts';
import type { Person } from '../../fixtures/person.ts';
import type { StoredKey } from '../models/session-store.ts';
import { signedOutHere, type Needs } from './oracle.ts';
import type { Prepared, Visitor, World } from './world.ts';

export interface Moment extends Needs {
  /** It changes what other moments see, so it is tried alone. */
  alone?: true;
  prepare: (world: World) => Promise<Prepared>;
}

interface SignedIn extends Visitor {
  session: StoredKey;
  person: Person;
}

async function signedIn(world: World): Promise<SignedIn> {
  const person = await world.newPerson();
  const { session, person: visitor } = await world.sessionStore.signedIn(() =>
    world.newHttpSession(world.appName, person),
  );
  world.sessions.push(session);
  return { visitor, session, person, cookie: await visitor.cookieHeader() };
}

/** Not the home page, where users end up when the page that they wanted is lost. */
const pageOf = ({ appName }: World): string => sessionApp[appName].pages[1];

/** Somebody who is not signed in, and opens this address during the fault. @param addressOf gets the path that begins a sign-in. */
const visit =
  (
    addressOf: (browser: APIRequestContext, origin: string, person: Person, signIn: string) => string | Promise<string>,
  ) =>
  async (world: World): Promise<Prepared> => {
    const [person, browser] = await Promise.all([world.newPerson(), world.newRequests()]);
    const path = pageOf(world);
    const signIn = `${routes.signIn}?${new URLSearchParams({ to: path })}`;
    const address = await addressOf(browser, httpsOf(world.fleet.hosts[world.appName]), person, signIn);
    return {
      person,
      visitors: [],
      page: { path, browser },
      act: async () => [await browser.get(address, { maxRedirects: 0, timeout, headers: html })],
    };
  };

/** A signed-in user, whose requests are sent during the fault. @param before it, this is done. */
const request =
  (
    send: (signedIn: SignedIn) => Promise<APIResponse | APIResponse[]>,
    before: (signedIn: SignedIn, world: World) => Promise<unknown> = async () => {},
  ) =>
  async (world: World): Promise<Prepared> => {
    const all = await signedIn(world);
    await before(all, world);
    return { person: all.person, visitors: [all], act: async () => [await send(all)].flat() };
  };

const call = ({ visitor }: SignedIn) => visitor.call('/api/me');

const html = { accept: 'text/html', 'x-edge-kind': 'browser' };

/** Milliseconds. No response may take longer; a longer wait shows whether there is one at all. */
const timeout = 20_000;

/** Milliseconds that Authentik takes for a request during which a fault begins. A request of a user waits for 4 s. */
const asksMs = 2500;

const withoutStore = { 'store reads': '503 store-unavailable' } as const;
const withoutData = { 'platform-api': '502' } as const;

/** What a user, or Authentik, is about when a fault begins, by its name. */
const table = {
  'at the start of a sign-in': {
    sees: 'redirected to Authentik',
    without: {},
    prepare: visit((_browser, origin, _person, signIn) => origin + signIn),
  },
  'between authorize and callback': {
    sees: 'signed in',
    without: {
      'token endpoint': 'sign-in page: unavailable',
      'store writes': '503 store-unavailable',
      'store reads': '503 store-unavailable',
    },
    prepare: visit(async (browser, origin, person, signIn) => {
      const { callback } = await callbackByHttp(browser, origin, person, signIn);
      return callback;
    }),
  },
  'signed in and idle': {
    sees: 'nothing',
    without: {},
    session: 'lives',
    prepare: request(async () => []),
  },
  'in a call': {
    sees: 'served',
    without: { ...withoutStore, ...withoutData },
    session: 'lives',
    prepare: request(call),
  },
  'on a page': {
    sees: 'served',
    without: withoutStore,
    session: 'lives',
    prepare: async (world) => {
      const all = await signedIn(world);
      const { person, visitor } = all;
      const page = { path: pageOf(world), browser: visitor.request };
      const open = () => page.browser.get(visitor.origin + page.path, { maxRedirects: 0, timeout, headers: html });
      return { person, visitors: [all], page, act: async () => [await open()] };
    },
  },
  'in two tabs with due tokens': {
    sees: 'served',
    without: { ...withoutStore, ...withoutData },
    session: 'lives',
    prepare: request(
      (all) => Promise.all([call(all), call(all)]),
      ({ session }, { sessionStore }) => sessionStore.expireAccessToken(session),
    ),
  },
  'with an expired access token': {
    sees: 'served',
    without: {
      ...withoutStore,
      'store writes': '503 store-unavailable',
      'token endpoint': '503 not-renewed',
      ...withoutData,
    },
    session: 'lives',
    prepare: request(call, ({ visitor, session }, world) => expireForReal(visitor, { session, ...world })),
  },
  'in a sign-out': {
    sees: 'signed out',
    without: {
      'store reads': signedOutHere,
      'store writes': signedOutHere,
    },
    session: 'ended',
    prepare: request(({ visitor }) =>
      visitor.request.post(visitor.origin + routes.signOut, {
        maxRedirects: 0,
        timeout,
        headers: { origin: visitor.origin },
      }),
    ),
  },
  'at a logout token': {
    sees: 'accepted',
    without: {
      'store reads': 'temporarily unavailable',
      'store writes': 'temporarily unavailable',
      'key set': 'temporarily unavailable',
    },
    session: 'ended',
    prepare: async (world) => {
      const all = await signedIn(world);
      const { visitor, person } = all;
      const browser = await world.newRequests();
      let token = '';
      let status = 0;
      let firstPod: string | undefined;
      const send = async () => {
        const pods = await world.fleet.pods(world.appName);
        // A pod that counts a token as used too early refuses it, and not another one.
        const isThere = pods.some(({ name, ready }) => ready && name === firstPod);
        const answer = await browser.post(visitor.origin + routes.backChannel, {
          form: { logout_token: token },
          timeout,
          headers: isThere ? { 'x-edge-pin': firstPod! } : {},
        });
        status = answer.status();
        firstPod ??= answer.headers()['x-served-by'];
        return answer;
      };
      return {
        person,
        visitors: [all],
        act: async () => {
          [token = ''] = await world.authentik.logoutTokens(world.appName, person.username);
          return [await send()];
        },
        // A token that has ended nothing may be sent again.
        afterwards: (timeoutMs) =>
          until(async () => status === 200 || (await send()).ok(), {
            timeoutMs,
            intervalMs: 100,
            failure: () => new Error(`the same token is answered ${status} afterwards`),
          }),
      };
    },
  },
  'in two apps': {
    sees: 'served',
    without: { ...withoutStore, ...withoutData },
    session: 'lives',
    prepare: async (world) => {
      const all = await signedIn(world);
      const { person } = all;
      const other = await world.newHttpSession(world.otherApp, person);
      const visitors = [all, { visitor: other, cookie: await other.cookieHeader() }];
      return { person, visitors, act: () => Promise.all(visitors.map((each) => each.visitor.call('/api/me'))) };
    },
  },
  'during a token request': {
    sees: 'served',
    // The request has read its session, and goes on with the token that it has.
    without: withoutData,
    session: 'lives',
    underWay: true,
    prepare: async (world) => {
      const all = await signedIn(world);
      const { visitor, session, person } = all;
      const [pod] = await twoPods(world.fleet, world.appName);
      await world.sessionStore.expireAccessToken(session);
      const isAsked = await delayNextRefresh(world.authentik, person.username, asksMs);
      let isComplete = false;
      const answer = visitor.call('/api/me', pod).finally(() => (isComplete = true));
      // It is awaited when the fault has begun.
      answer.catch(() => {});
      await refreshesBegun(world.sessionStore, [session]);
      await isAsked();
      return { person, visitors: [all], act: async () => [await answer], isComplete: () => isComplete };
    },
  },
  'in a rollout': {
    sees: 'served',
    without: { ...withoutStore, ...withoutData },
    session: 'lives',
    alone: true,
    prepare: async (world) => {
      const prepared = await request(call)(world);
      const rollout = world.fleet.rollout(world.appName);
      rollout.catch(() => {});
      return { ...prepared, afterwards: () => rollout };
    },
  },
} satisfies Record<string, Moment>;

export type MomentName = keyof typeof table;
export const momentNames = Object.keys(table) as MomentName[];
export const moments: Readonly<Record<MomentName, Moment>> = table;
