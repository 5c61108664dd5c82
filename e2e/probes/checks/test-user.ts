import { appNames, sessionApp, type AppName } from '../../../apps/environment/apps.ts';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { bareName, contract, routes } from '../../contract.ts';
import { signInByHttp } from '../../claims/sign-in-by-http.ts';
import type { SmokeClient } from '../client.ts';
import { cookieFaults, cookiesIn, describeCookie } from '../rules/cookies.ts';
import { expectedDiscovery } from '../rules/discovery.ts';
import { logsOf, nextAfterFailure, nextStepFor } from '../rules/next-step.ts';
import { signOutFix } from '../rules/end-session.ts';
import { reasonNamed } from '../../../apps/environment/session-reasons.ts';
import { redact } from '../../report/redact.ts';
import { variables, type Account, type SmokeTarget } from '../target.ts';
import { LedElsewhere, Visitor } from '../visitor.ts';
import { CheckFailed, counted, repeated } from '../check.ts';
import { ofPods, type AppCheck } from './app-check.ts';

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
  [/it leads to \S+\/authorize\//, (app) => `look at NUXT_PUBLIC_AUTH_URL in fleet/apps/${app}.yaml`],
  [
    /it (?:leads|asks)/,
    () =>
      'look which ingress or proxy redirects there. If it asks for a sign-in of its own, give what it wants by --header',
  ],
];

/** What to look at after a sign-in that got no further. @param where the error of `signInByHttp`. */
export function adviceFor(where: string, app: AppName): string {
  const [, advice = logsOf] = adviceOn.find(([pattern]) => pattern.test(where)) ?? [];
  return advice(app);
}

/** Signs the test user in to an app. @throws CheckFailed that names no secret; Unreachable. */
export async function signedIn(target: SmokeTarget, app: AppName, account: Account): Promise<Visitor> {
  const visitor = new Visitor(target, mayPost(target, app));
  try {
    await signInByHttp(visitor, target.urls[app], account, routes.signIn);
    return visitor;
  } catch (error) {
    if (error instanceof Unreachable || error instanceof HarnessError) throw error;
    // Authentik may repeat what was entered.
    const where = redact((error as Error).message.replace(/\.$/, ''), Object.values(account));
    throw new CheckFailed(
      `The test user did not get through the sign-in of ${app} (${where}): ${adviceFor(where, app)}.`,
    );
  }
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

/** What to look at when calls with a session are not answered 200. */
function adviceOnCalls(app: AppName, { statuses, reasons, failing }: Awaited<ReturnType<typeof callMe>>): string {
  const [reason] = reasons;
  if (reason) return nextStepFor(reason);
  if (failing.length > 0 && statuses.includes(200)) return `look at the log of ${failing.join(' and ')}.`;
  if (statuses.every((status) => status < 500))
    return 'is the session in Redis, and are the secrets the same on every pod?';
  return `what ${app} asks does not answer: look at platform-api, and at NUXT_PLATFORM_API_URL in fleet/apps/${app}.yaml.`;
}

export const testUser = appNames.map((app): AppCheck => ({
  of: app,
  title: 'a test user signs in, is known to every pod, signs out, and is no longer known',
  skips: ({ account }) => (account ? undefined : `only with ${variables.username} and ${variables.password}`),
  run: ofPods(app, async ({ client, target, account }) => {
    const own = target.urls[app];
    const visitor = await signedIn(target, app, account!);
    const cookie = visitor.cookieOf(own);
    const session = cookiesIn(visitor.setCookies).findLast(({ name }) =>
      name.endsWith(bareName(contract.sessionCookie)),
    );
    const known = await callMe(client, app, cookie);
    visitor.hops.length = 0;
    const end = await signOutOf(visitor, own);
    const replayed = await callMe(client, app, cookie);

    const endSession = visitor.hops.find(({ pathname }) => pathname.endsWith('/end-session/'));
    const wanted = expectedDiscovery(target.urls.auth, app).end_session_endpoint;
    const stop = endSession ?? visitor.hops.at(-1);
    const there = stop && visitor.hops.length > 1 ? stop.origin + stop.pathname : 'none';
    const faults: ReadonlyArray<readonly [holds: boolean, fault: string]> = [
      [session !== undefined, `Signing in to ${app} sets no session cookie.`],
      [
        known.statuses.every((status) => status === 200),
        `After signing in to ${app}, ${sessionApp[app].api[0]} answered ${known.summary}: ${adviceOnCalls(app, known)}`,
      ],
      [
        known.pods.size >= target.pods,
        `Unproven: ${known.pods.size} of ${target.pods} pods of ${app} answered ${calls} calls with the session: look at sticky sessions in the ingress.`,
      ],
      [
        there === wanted,
        `Signing out of ${app} went to the end-session address ${there}, not to ${wanted}: ${signOutFix(app)}.`,
      ],
      [
        endSession?.searchParams.has('id_token_hint') !== false,
        `Signing out of ${app} sent no id_token_hint, so Authentik does not send people back.`,
      ],
      [
        there !== wanted || end.url === `${own}/signed-out`,
        `Signing out of ${app} ended at ${end.url.split('?')[0]}${
          end.status >= 500
            ? `, which answered ${end.status}: look whether it runs, and at its log.`
            : `: register ${own}/signed-out as a logout redirect URI of its provider.`
        }`,
      ],
      [
        replayed.statuses.every((status) => status === 401),
        `After signing out of ${app} the old cookie was answered with ${replayed.summary}: ${
          replayed.statuses.includes(200)
            ? 'signing out does not remove the session'
            : 'whether it still opens the session is not known'
        }.`,
      ],
    ];
    return {
      saw: `signed in: ${known.summary} with ${session ? describeCookie(session) : 'no session cookie'}; signed out by ${there}; old cookie: ${replayed.summary}`,
      faults: [
        ...(session ? cookieFaults(session) : []),
        ...faults.flatMap(([holds, fault]) => (holds ? [] : [fault])),
      ],
    };
  }),
}));

async function callMe(client: SmokeClient, app: AppName, cookie: string) {
  const answers = await repeated(async () => {
    const { status, headers } = await client.get(app, sessionApp[app].api[0], { headers: { cookie } });
    return {
      status,
      pod: String(headers['x-served-by'] ?? ''),
      reason: reasonNamed(String(headers['x-session-reason'])),
    };
  }, calls);
  return {
    statuses: answers.map(({ status }) => status),
    reasons: answers.flatMap(({ reason }) => reason ?? []),
    pods: new Set(answers.map(({ pod }) => pod).filter(Boolean)),
    /** Those that answered 5xx, and nothing else. */
    failing: [...Map.groupBy(answers, ({ pod }) => pod)]
      .filter(([pod, its]) => pod && its.every(({ status }) => status >= 500))
      .map(([pod]) => pod),
    summary: counted(answers, ({ status, pod, reason }) =>
      [status, reason && `(${reason})`, `from ${pod || 'an unnamed pod'}`].filter(Boolean).join(' '),
    ),
  };
}
