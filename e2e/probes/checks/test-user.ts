import { appNames, sessionApp, type AppName } from '../../../apps/environment/apps.ts';
import { Live } from '../../../fleet/engines/live/live.ts';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { bareName, contract, routes } from '../../contract.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import type { SmokeClient } from '../client.ts';
import { jsonObject } from '../json-object.ts';
import { cookiesIn, describeCookie } from '../rules/cookies.ts';
import { expectedDiscovery } from '../rules/discovery.ts';
import { seenCause, withheldCookie } from '../rules/failed-sign-in.ts';
import { tooSmall } from '../rules/in-front.ts';
import { inTime, isLate, lateSteps } from '../rules/in-time.ts';
import { inFrontOfPods, logsOf, nextAfterFailure, nextStepFor, storeRefusesWrites } from '../rules/next-step.ts';
import { requestIdOf } from '../rules/refusals.ts';
import { callsIn, testUserFaults, type Calls } from '../rules/test-user.ts';
import { reasonNamed } from '../../../apps/environment/session-reasons.ts';
import { redact } from '../../report/redact.ts';
import { variables, type Account } from '../account.ts';
import { userAgent, type SmokeTarget } from '../target.ts';
import { LedElsewhere, Visitor } from '../visitor.ts';
import { CheckFailed, repeated } from '../check.ts';
import { readyPods } from '../settle.ts';
import { ofPods, type AppCheck, type CheckContext } from './app-check.ts';
import { FailedSignIn, signInAtEach } from './sign-in-at-each-pod.ts';

/** Calls with the session, each on its own connection. */
const calls = 20;

/** An answer to Authentik's flow, at Authentik alone, or a sign-out of the app. */
const mayPost =
  ({ urls }: SmokeTarget, app: AppName) =>
  ({ origin, pathname }: URL): boolean =>
    (origin === urls.auth && pathname.startsWith('/api/v3/flows/executor/')) ||
    (origin === urls[app] && pathname === routes.signOut);

/** What to look at, by where a sign-in got no further. */
const adviceOn: ReadonlyArray<readonly [where: RegExp, advice: (app: AppName) => string]> = [
  [
    /login flow of Authentik/,
    () =>
      'look whether the account is active, and may open the application. A flow with more than name and password, such as a second factor, needs a browser: sign in there, and give its cookie to diagnose --cookie',
  ],
  ...Object.entries(nextAfterFailure).map(([failed, next]) => [new RegExp(`\\?failed=${failed}`), next] as const),
  [
    /\/authorize\/ answered 40[04]/,
    () => 'Authentik refused the request: compare client id and redirect URIs of its provider',
  ],
  [
    /\/authorize\/ answered 4/,
    () =>
      'something before Authentik refuses the request: look at its limits and rules, or give what it wants by --header',
  ],
  [/(?:\/authorize\/|\/executor\S*) answered 5/, () => 'look whether Authentik runs, and at its ingress and its log'],
  [/\/executor\S* answered 4/, () => 'look at the rules of the ingress in front of Authentik, and at its log'],
  [/answered (?:413|414|431)/, () => tooSmall],
  [/provider refuses/, (app) => `compare its provider at Authentik with what ${app} asks for`],
  [
    /it leads to http:/,
    () => 'something on the way leads to plain http: look at the ingress, and at what rewrites redirects',
  ],
  [/it leads to \S+\/authorize\//, (app) => `look at NUXT_PUBLIC_AUTH_URL in fleet/apps/${app}.yaml`],
  [
    /it (?:leads|asks)/,
    () =>
      'look which ingress or proxy redirects there. If it asks for a sign-in of its own, give what it wants by --header',
  ],
];

/**
 * What to look at after a sign-in that got no further. @param where the error of `signInByHttp`.
 * @param otherwise where nothing is known of such an error.
 */
export function adviceFor(where: string, app: AppName, otherwise = logsOf): string {
  const [, advice = otherwise] = adviceOn.find(([pattern]) => pattern.test(where)) ?? [];
  return advice(app);
}

/** What to look at when the last answer of a sign-in says why it is refused. */
async function adviceOnReason(visitor: Visitor, own: string, app: AppName): Promise<string | undefined> {
  const reason = reasonNamed(visitor.reason);
  if (reason !== 'store-unavailable') return reason && nextStepFor(reason).replace(/\.$/, '');
  const { body } = await visitor.send(own + sessionApp[app].health.ready);
  return jsonObject(body)?.['store'] === 'up' ? storeRefusesWrites : nextStepFor(reason).replace(/\.$/, '');
}

/** What to look at when an app got no tokens, and its provider is seen to fail: a GET of it is refused otherwise. */
async function adviceOnTokens(visitor: Visitor, auth: string, app: AppName): Promise<string | undefined> {
  const { token_endpoint: endpoint } = expectedDiscovery(auth, app);
  const { status } = await visitor.send(endpoint);
  return status >= 500 ? `${endpoint} answers ${status}: look whether Authentik runs, and at its log` : undefined;
}

/** Signs the test user in to an app. @throws FailedSignIn, CheckFailed that name no secret; Unreachable. */
export async function signedIn(target: SmokeTarget, app: AppName, account: Account): Promise<Visitor> {
  const live = new Live({ ...target, headers: { 'user-agent': userAgent, ...target.headers } });
  const visitor = new Visitor(live, Object.values(target.urls), mayPost(target, app));
  try {
    await signInByHttp(visitor, target.urls[app], account, routes.signIn);
  } catch (error) {
    if (error instanceof Unreachable || error instanceof HarnessError) throw error;
    // Authentik may repeat what was entered.
    const where = redact((error as Error).message.replace(/\.$/, ''), [account.username, account.password]);
    const advice =
      seenCause(visitor, target.urls[app]) ??
      (await adviceOnReason(visitor, target.urls[app], app)) ??
      (where.includes('failed=unavailable') ? await adviceOnTokens(visitor, target.urls.auth, app) : undefined) ??
      withheldCookie(visitor) ??
      adviceFor(
        where,
        app,
        visitor.pod === undefined && visitor.hops.at(-1)?.origin === target.urls[app] ? inFrontOfPods : logsOf,
      );
    throw new FailedSignIn(app, where, advice, visitor.podOf(target.urls[app] + routes.callback));
  }
  const cause = seenCause(visitor, target.urls[app]) ?? withheldCookie(visitor);
  const hasSession = visitor.cookieOf(target.urls[app]).includes(bareName(contract.sessionCookie));
  if (cause && !hasSession) throw new CheckFailed(`The test user signed in to ${app}, and ${cause}.`);
  return visitor;
}

/**
 * Signs out as the page of an app does.
 * @returns where it ends, or where the visitor does not go, and there the status 0. @throws Unreachable.
 */
export async function signOutOf(
  visitor: Pick<Visitor, 'send' | 'follow' | 'hops'>,
  own: string,
): Promise<{ url: string; status: number }> {
  const headers = { origin: own, 'sec-fetch-site': 'same-origin' };
  try {
    return await visitor.follow(await visitor.send(own + routes.signOut, { method: 'POST', headers }));
  } catch (error) {
    if (error instanceof LedElsewhere) return { url: visitor.hops.at(-1)!.href, status: 0 };
    throw error;
  }
}

/** What waits when every pod is slow to answer a signed-in user, and quick to say that it is Ready. */
const slowCalls = (app: AppName): string =>
  `look at what ${app} asks for that: Redis, and platform-api with what it asks in turn`;

export const testUser = appNames.map((app): AppCheck => ({
  of: app,
  title: 'a test user signs in, is known to every pod, signs out, and is no longer known',
  skips: ({ account }) => (account ? undefined : `only with ${variables.username} and ${variables.password}`),
  run: ofPods(app, async ({ client, target, account, settled, timely }) => {
    await timely('auth');
    const own = target.urls[app];
    const { ready } = readyPods(await settled(app));
    // Of the sessions that it begins, those that are not signed out.
    const visitors: Visitor[] = [];
    try {
      await signInAtEach(
        {
          app,
          pods: ready.map(({ pod }) => pod).filter(Boolean),
          nudge: () => client.get(app, sessionApp[app].health.ready),
          signIn: async () => {
            const session = await signedIn(target, app, account!);
            return { session, pod: session.podOf(own + routes.callback), isLate: session.steps.some(isLate) };
          },
        },
        visitors,
      );
      const [first, ...others] = visitors;
      const seen = await seenBy(first!, app, { client, target });
      visitors.shift();
      await Promise.allSettled(others.map((each) => signOutOf(each, own)));
      visitors.length = 0;
      return { ...seen, faults: [...seen.faults, ...lateSteps([first!, ...others].flatMap(({ steps }) => steps))] };
    } finally {
      await Promise.allSettled(visitors.map((each) => signOutOf(each, own)));
    }
  }),
}));

/** What a signed-in visitor sees, who then signs out. @throws Slow */
async function seenBy(visitor: Visitor, app: AppName, { client, target }: Pick<CheckContext, 'client' | 'target'>) {
  const own = target.urls[app];
  const [me, ...routesOfData] = sessionApp[app].api;
  const cookie = visitor.cookieOf(own);
  const get = (path: string) => client.get(app, path, { headers: { cookie } });
  const session = cookiesIn(visitor.setCookies).findLast(({ name }) => name.endsWith(bareName(contract.sessionCookie)));
  const before = await client.get(app, me);
  await inTime(() => get(me), slowCalls(app));
  const known = await callMe(client, app, cookie);
  const stranger = { before, after: await client.get(app, me) };
  const data = await Promise.all(
    routesOfData.map(async (path) => {
      const { status, headers } = await inTime(() => get(path), slowCalls(app));
      return { path, status, reason: reasonNamed(String(headers['x-session-reason'])) };
    }),
  );
  visitor.hops.length = 0;
  const end = await signOutOf(visitor, own);
  const isRefused = visitor.hops.length === 1 && end.status >= 400;
  const replayed = await callMe(client, app, cookie);

  const endSession = visitor.hops.find(({ pathname }) => pathname.endsWith('/end-session/'));
  const stop = endSession ?? visitor.hops.at(-1);
  const there = stop && visitor.hops.length > 1 ? stop.origin + stop.pathname : 'none';
  const hasHint = endSession?.searchParams.has('id_token_hint') !== false;
  const pod = visitor.podOf(own + routes.signOut);
  const signedOut = { pod, there, hasHint, end, ...(isRefused && { refused: end.status }) };
  return {
    saw: `signed in: ${known.summary} with ${session ? describeCookie(session) : 'no session cookie'}; signed out by ${there}; old cookie: ${replayed.summary}`,
    faults: testUserFaults(app, target, { session, known, stranger, data, signedOut, replayed }),
  };
}

async function callMe(client: SmokeClient, app: AppName, cookie: string): Promise<Calls> {
  const answers = await repeated(async () => {
    const { status, headers } = await client.get(app, sessionApp[app].api[0], { headers: { cookie } });
    return {
      status,
      pod: String(headers['x-served-by'] ?? ''),
      reason: reasonNamed(String(headers['x-session-reason'])),
      id: requestIdOf({ headers }),
    };
  }, calls);
  return callsIn(answers);
}
