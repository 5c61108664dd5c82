import type { Live } from '../../../fleet/engines/live/live.ts';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { podIn } from '../../../fleet/pod-names.ts';
import { counted, once, repeated, type Check } from '../check.ts';
import { keysIn } from '../json-object.ts';
import { refusedSignIn } from '../rules/authorization-answer.ts';
import { locationIn, parameterFaults, repeatedValues, type Parameters } from '../rules/authorization-request.ts';
import { seenCertificate } from '../rules/certificate.ts';
import { inTime } from '../rules/in-time.ts';
import { cookieFaults, cookiesIn, describeCookie } from '../rules/cookies.ts';
import { otherIssuer } from '../rules/discovery.ts';
import { PodMarks } from '../rules/in-front.ts';
import { answersOf, failing, isRefusal, keptForOthers, notThere, refusals } from '../rules/refusals.ts';
import { secretsOf, variables, type Account } from '../account.ts';
import type { DescribedApp } from './described-app.ts';
import {
  findIssuer,
  findSignIn,
  followSignIn,
  type FollowedSignIn,
  type FoundIssuer,
  type SignInStart,
} from './find-sign-in.ts';
import { cookieOf } from './test-user.ts';

/** What the checks of an app that somebody names are given. */
export interface AnyAppContext {
  app: DescribedApp;
  /** The `cookie` header of a signed-in browser, or of a test user who is signed in once. @throws CheckFailed. */
  session?: (() => Promise<string>) | undefined;
  /** Why it may be none, as its sign-in showed; a sentence without its full stop. */
  signInCause: () => string | undefined;
  /** Whose session it is. */
  account?: Account | undefined;
  live: Pick<Live, 'get'>;
  /** What no report may contain; of a session as soon as it has begun. */
  secrets: readonly string[];
  /** Found once. @throws CheckFailed. */
  signIn: () => Promise<SignInStart>;
  issuer: () => Promise<FoundIssuer | undefined>;
  /** Several sign-ins, because pods may differ. */
  starts: () => Promise<FollowedSignIn[]>;
}

type AnyAppCheck = Check<AnyAppContext>;

const unknownCalls = 'which calls need one is not known: --protected <path>';
const json = { accept: 'application/json' };

/** What GETs without a session show of any app that signs in by OpenID Connect. */
export const anyAppChecks: readonly AnyAppCheck[] = [
  {
    of: 'app',
    title: 'it answers in time, and its certificate is trusted and does not expire soon',
    run: async ({ app, live }) => seenCertificate(await inTime(() => live.get(app.url))),
  },
  {
    of: 'app',
    title: 'plain http redirects to https, or is not served',
    skips: ({ app }) => (new URL(app.url).port === '' ? undefined : 'only where https has its own port, 443'),
    async run({ app, live }) {
      const address = app.url.replace(/^https:/, 'http:');
      const answer = await live.get(address).catch((error: unknown) => {
        if (error instanceof Unreachable) return undefined;
        throw error;
      });
      const { status = 0 } = answer ?? {};
      const to = answer ? locationIn(answer)?.origin : undefined;
      const isRight = to === app.url || (to === undefined && (status === 0 || status >= 400));
      const wrong = `GET ${address} ${to ? `leads to ${to}` : 'is served'} (${status}), and should lead to ${app.url}: look at its ingress.`;
      return { saw: status === 0 ? 'not served' : `${status}${to ? ` to ${to}` : ''}`, faults: isRight ? [] : [wrong] };
    },
  },
  {
    of: 'app',
    title: 'it is ready, every time',
    skips: ({ app }) => (app.ready ? undefined : 'which path says so is not known: --ready <path>'),
    async run({ app, live }) {
      const answers = await repeated(() => live.get(app.url + app.ready!));
      const saw = answersOf(answers);
      const wrong = `GET ${app.ready} was answered ${saw}: look at the pods that are not ready.`;
      const isRight = answers.every(({ status }) => status === 200);
      return { saw, faults: isRight ? [] : [notThere(answers, '--ready') ?? wrong] };
    },
  },
  {
    of: 'app',
    title: 'without a session a call gets 401 or 403, also with a worthless cookie',
    skips: ({ app }) => (app.protected.length > 0 ? undefined : unknownCalls),
    run({ app, live }) {
      const get = (path: string, headers: object) => live.get(app.url + path, { headers: { ...json, ...headers } });
      return refusals(get, app.protected, app.cookie, isRefusal, '--protected');
    },
  },
  {
    of: 'app',
    title: 'every pod knows a session',
    skips({ app, session }) {
      if (app.protected.length === 0) return unknownCalls;
      return session === undefined
        ? `nobody signs in by GETs, so that a wrong client secret is not seen: --session <file>, with the cookie header of a signed-in browser, or --issuer with ${variables.username} and ${variables.password}, for a test user of Authentik`
        : undefined;
    },
    async run(context) {
      const { app, live, session, account, signInCause } = context;
      const [path = ''] = app.protected;
      const cookie = await session!();
      const before = await live.get(app.url + path, { headers: json });
      const get = () => live.get(app.url + path, { headers: { ...json, cookie } });
      await inTime(get, 'look at what the app asks for that: its store, and the services behind it');
      const answers = await repeated(get);
      const saw = answersOf(answers);
      const kept = keptForOthers({ before, after: await live.get(app.url + path, { headers: json }) });
      if (kept) return { saw, faults: [kept] };
      const known = answers.filter(({ status }) => status === 200);
      if (known.length === answers.length) return { saw, faults: await refusedOthers(context, cookie) };
      const why =
        known.length === 0
          ? account
            ? `the sign-in of the test user led to no session: ${signInCause() ?? 'look at the log of the app: its token request may fail, or the session is not stored'}.`
            : 'it has ended, the cookie is not whole, or no sign-in succeeds. Sign in again, and give the new one.'
          : 'what answers differs. Sessions are in the memory of a pod, or the pods have different stores or keys: compare their environment.';
      const wrong = failing(answers) ?? `GET ${path} with the session was answered ${saw}: ${why}`;
      return { saw, faults: [notThere(answers, '--protected') ?? wrong] };
    },
  },
  {
    of: 'app',
    title: 'a sign-in leads to a provider by https, and comes back to this app',
    async run({ app, signIn }) {
      const { authorize, path } = await signIn();
      const { host } = new URL(app.url);
      const fix = 'look at its environment';
      const back = URL.parse(authorize.searchParams.get('redirect_uri') ?? '');
      return {
        saw: `${path} to ${authorize.origin}${authorize.pathname}, client ${authorize.searchParams.get('client_id')}, back to ${back?.pathname ?? 'nowhere'}`,
        faults: [
          ...(authorize.protocol === 'https:' && authorize.origin !== app.url
            ? []
            : [`The sign-in of ${host} leads to ${authorize.origin}, not to a provider with TLS: ${fix}.`]),
          ...parameterFaults(`The sign-in of ${host}`, authorize, parametersOf(app, authorize), fix),
        ],
      };
    },
  },
  {
    of: 'app',
    title: 'every pod leads a sign-in to the same place, each with values of its own',
    async run({ starts }) {
      const all = await starts();
      const placeOf = ({ authorize }: FollowedSignIn): string => (authorize ? registered(authorize) : 'nowhere');
      const saw = counted(all, (start) => {
        const pod = podIn(start.answer.headers);
        return `to ${placeOf(start)}${pod ? ` by ${pod}` : ''}`;
      });
      const differ =
        failing(all.map(({ answer }) => answer)) ??
        `Sign-ins lead to different places: ${saw}. The pods differ: compare their environment.`;
      return {
        saw,
        faults: [
          ...(new Set(all.map(placeOf)).size > 1 ? [differ] : []),
          ...repeatedValues(all.map(({ authorize }) => authorize)).map(
            (name) => `Two sign-ins have the same ${name}, so that a cache or the app repeats it.`,
          ),
        ],
      };
    },
  },
  {
    of: 'app',
    title: 'the cookies of a sign-in are Secure and HttpOnly',
    async run({ starts }) {
      const all = await starts();
      const cookies = all.flatMap(({ answer }) => cookiesIn(answer.headers['set-cookie']));
      const kept = cookies.filter(({ maxAge }) => maxAge !== 0);
      // A query may have what an earlier step has bound to the browser.
      const isFirstStep = all.every(({ path, authorize }) => authorize && !path.includes('?'));
      const none = `A sign-in at ${all[0]?.path} sets no cookie, so nothing binds it to the browser (RFC 9700 section 2.1): an app that believes to be asked by plain http sets no Secure one. Look at X-Forwarded-Proto, and at the proxies that the app trusts.`;
      return {
        saw: [...new Set(cookies.map(describeCookie))].join(' | ') || 'no cookie',
        faults: [
          ...(isFirstStep && kept.length === 0 ? [none] : []),
          ...new Set(
            kept.flatMap((cookie) =>
              cookieFaults(cookie, ['secure', 'httpOnly'], "look at the app's settings of cookies"),
            ),
          ),
        ],
      };
    },
  },
  {
    of: 'provider',
    title: 'it answers in time, and its certificate is trusted and does not expire soon',
    async run({ live, signIn }) {
      const { authorize } = await signIn();
      return seenCertificate(await inTime(() => live.get(authorize.origin)));
    },
  },
  {
    of: 'provider',
    title: 'it knows the client and its redirect URI',
    async run({ app, live, starts }) {
      // Once for each that pods name, since it remembers an anonymous visit.
      const requests = new Map(
        (await starts()).flatMap(({ authorize }) => (authorize ? [[registered(authorize), authorize]] : [])),
      );
      const answers = await Promise.all(
        [...requests.values()].map(async (request) => ({
          request,
          answer: await live.get(request.href, { headers: { accept: 'text/html' } }),
        })),
      );
      return {
        saw: answersOf(answers.map(({ answer }) => answer)),
        faults: answers.flatMap(({ request, answer }) => refusedSignIn(new URL(app.url).host, request, answer) ?? []),
      };
    },
  },
  {
    of: 'provider',
    title: 'its discovery document is about where a sign-in leads, and it has keys',
    async run({ app, live, signIn, issuer }) {
      const { authorize } = await signIn();
      const found = await issuer();
      if (!found)
        return {
          saw: '',
          faults: [],
          skipped: 'no discovery document was found from where a sign-in leads: --issuer <url>',
        };
      const { document, url } = found;
      const there = authorize.origin + authorize.pathname;
      const methods = document.code_challenge_methods_supported;
      const saw = `issuer ${String(document.issuer)}, sign-out ${String(document.end_session_endpoint ?? 'has no endpoint')}`;
      const elsewhere = `${url} names ${String(document.authorization_endpoint)} as its authorization endpoint, and a sign-in leads to ${there}: look at the provider's address in the app's environment.`;
      const isRefused =
        authorize.searchParams.has('code_challenge') && Array.isArray(methods) && !methods.includes('S256');
      const misnamed = app.issuer && otherIssuer(url, document, app.issuer);
      const faults = misnamed
        ? [misnamed]
        : [
            ...(document.authorization_endpoint === there ? [] : [elsewhere]),
            ...(isRefused ? [`The provider offers no PKCE with S256 (${JSON.stringify(methods)}).`] : []),
          ];
      // The keys that a wrong document names may be of another provider.
      if (faults.length > 0) return { saw, faults };
      const jwks = URL.parse(String(document.jwks_uri));
      const keys = jwks?.protocol === 'https:' ? await live.get(jwks.href) : undefined;
      const noKey =
        keys === undefined
          ? `${url} names ${String(document.jwks_uri)} for its keys, which is no address with TLS: look at the provider's address.`
          : keys.status !== 200
            ? `${String(document.jwks_uri)} answers ${keys.status}: look whether the provider runs, and at its log.`
            : `${String(document.jwks_uri)} holds no key: look at the provider's signing key.`;
      return { saw, faults: keys && keysIn(keys) > 0 ? [] : [noKey] };
    },
  },
];

/** The calls beside the first that a session may not make. */
async function refusedOthers({ app, live }: AnyAppContext, cookie: string): Promise<string[]> {
  const faults: string[] = [];
  for (const path of app.protected.slice(1)) {
    const { status } = await live.get(app.url + path, { headers: { ...json, cookie } });
    if (status !== 200)
      faults.push(
        `GET ${path} with the session was answered ${status}, and ${app.protected[0]} 200: may this user call it? If so, look at the log of the app.`,
      );
  }
  return faults;
}

/** What a provider must know of an authorization request. */
const registered = ({ origin, pathname, searchParams }: URL): string =>
  `${origin}${pathname} for ${searchParams.get('client_id')} and back to ${searchParams.get('redirect_uri')}`;

/** What any authorization request should have. */
const parametersOf = ({ url }: DescribedApp, { searchParams }: URL): Parameters => ({
  response_type: ['code (RFC 6749 section 4.1.1)', (value) => value === 'code'],
  client_id: ['present', (value) => value !== ''],
  redirect_uri: [`at ${url}`, (value) => URL.parse(value)?.origin === url],
  state: [
    'present where there is no PKCE, or anybody can end a sign-in (RFC 9700 section 2.1)',
    (value) => value !== '' || searchParams.has('code_challenge'),
  ],
  code_challenge_method: ['S256 (RFC 9700 section 2.1.1)', (value) => value !== 'plain'],
});

/** Says who asks, in access logs. */
const userAgent = 'smoke/1 (read-only checks)';

/** A context that finds sign-in and issuer once. @param headers for the app alone: they may hold a key for its gateway. */
export const anyAppContext = (
  app: DescribedApp,
  client: Pick<Live, 'get' | 'send'>,
  given: { cookie?: string | undefined; account?: Account | undefined; headers?: Readonly<Record<string, string>> },
): AnyAppContext => {
  const marks = new PodMarks();
  let { cookie } = given;
  let cause: string | undefined;
  const secrets = [
    ...secretsOf(given, {}),
    ...Object.values(given.account ?? {}),
    ...(cookie === undefined ? [] : [cookie]),
  ];
  const headersFor = (url: string) => ({
    'user-agent': userAgent,
    ...(URL.parse(url)?.origin === app.url && given.headers),
  });
  const live: AnyAppContext['live'] = {
    get: async (url, { headers = {}, ...options } = {}) => {
      const isOwn = URL.parse(url)?.origin === app.url;
      const answer = await client.get(url, { ...options, headers: { ...headersFor(url), ...headers } });
      // A gateway may refuse strangers, and serve some of the paths.
      const isRefused =
        app.protected.some((path) => app.url + path === url) && (!cookie || headers['cookie'] !== cookie);
      const isExpected = (status: number) =>
        status < 400 || [401, 404].includes(status) || (status === 403 && isRefused);
      // Other paths, and these with a session, may be pages.
      return isOwn ? marks.demand(answer, isExpected, isRefused) : answer;
    },
  };
  const signIn = once(() => findSignIn(live, app));
  const issuer = once(async () => findIssuer(live, await signIn(), app.issuer));
  const starts = once(async () => {
    const { path } = await signIn();
    return repeated(() => followSignIn(live, app.url, path));
  });
  const send: Live['send'] = (url, { headers, ...options } = {}) =>
    client.send(url, { ...options, headers: { ...headersFor(url), ...headers } });
  const { issuer: named } = app;
  const account = cookie === undefined && named !== undefined ? given.account : undefined;
  const session = once(async () => {
    if (account) {
      const { path } = await signIn();
      ({ cookie, cause } = await cookieOf(account, {
        live: { send },
        url: app.url,
        path,
        issuer: named!,
        call: app.protected[0] ?? '/',
      }));
      secrets.push(cookie);
    }
    return cookie ?? '';
  });
  const hasSession = account !== undefined || cookie !== undefined;
  return {
    app,
    live,
    secrets,
    account,
    session: hasSession ? session : undefined,
    signInCause: () => cause,
    signIn,
    issuer,
    starts,
  };
};
