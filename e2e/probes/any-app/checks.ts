import { parseSetCookie } from 'cookie-es';
import type { Live, LiveResponse } from '../../../fleet/engines/live/live.ts';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { podIn } from '../../../fleet/pod-names.ts';
import { CheckFailed, repeated, type Check } from '../check.ts';
import { keysIn } from '../json-object.ts';
import { certificateFaults, describeCertificate } from '../rules/certificate.ts';
import { describeCookie } from '../rules/describe-cookie.ts';
import type { DescribedApp } from './described-app.ts';
import {
  findIssuer,
  findSignIn,
  followSignIn,
  locationIn,
  repeatedValues,
  type FollowedSignIn,
  type FoundIssuer,
  type SignInStart,
} from './find-sign-in.ts';

/** What the checks of an app that somebody names are given. */
export interface AnyAppContext {
  app: DescribedApp;
  /** The `cookie` header of a signed-in browser. */
  session?: string | undefined;
  live: Pick<Live, 'get'>;
  /** Found once. @throws CheckFailed. */
  signIn: () => Promise<SignInStart>;
  issuer: () => Promise<FoundIssuer | undefined>;
}

type AnyAppCheck = Check<AnyAppContext>;

/** `12 x 401 from pod-a`, by what was answered. */
const summary = (answers: readonly LiveResponse[]): string =>
  [
    ...Map.groupBy(answers, ({ status, headers }) =>
      [status, podIn(headers) && `from ${podIn(headers)}`].filter(Boolean).join(' '),
    ),
  ]
    .map(([what, its]) => `${its.length} x ${what}`)
    .join(', ');

const certificateOf = ({ url, certificate }: LiveResponse) => {
  if (!certificate) throw new CheckFailed(`${url} was answered without TLS.`);
  const now = new Date();
  return { saw: describeCertificate(certificate, now), faults: certificateFaults(new URL(url).host, certificate, now) };
};

const json = { accept: 'application/json' };

const isRefusal = (status: number): boolean => status === 401 || status === 403;

/** What GETs without a session show of any app that signs in by OpenID Connect. */
export const anyAppChecks: readonly AnyAppCheck[] = [
  {
    of: 'app',
    title: 'its certificate is trusted and does not expire soon',
    run: async ({ app, live }) => certificateOf(await live.get(app.url)),
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
      return {
        saw: to ? `${status} to ${to}` : status === 0 ? 'not served' : String(status),
        faults: isRight
          ? []
          : [
              `GET ${address} ${to ? `leads to ${to}` : 'is served'} (${status}), and should lead to ${app.url}: look at its ingress.`,
            ],
      };
    },
  },
  {
    of: 'app',
    title: 'it is ready, every time',
    skips: ({ app }) => (app.ready ? undefined : 'which path says so is not known: --ready <path>'),
    async run({ app, live }) {
      const answers = await repeated(() => live.get(app.url + app.ready!));
      return {
        saw: summary(answers),
        faults: answers.every(({ status }) => status === 200)
          ? []
          : [`GET ${app.ready} was answered ${summary(answers)}: look at the pods that are not ready.`],
      };
    },
  },
  {
    of: 'app',
    title: 'without a session a call gets 401 or 403, also with a worthless cookie',
    skips: ({ app }) =>
      app.protected.length > 0 ? undefined : 'which calls need one is not known: --protected <path>',
    async run({ app, live }) {
      const asked = app.protected.flatMap((path) => [
        { path, who: 'no cookie', headers: {} },
        ...(app.cookie ? [{ path, who: 'a worthless cookie', headers: { cookie: `${app.cookie}=worthless` } }] : []),
      ]);
      const answers = [];
      for (const { path, who, headers } of asked)
        answers.push({
          path,
          who,
          of: await repeated(() => live.get(app.url + path, { headers: { ...json, ...headers } })),
        });
      return {
        saw: summary(answers.flatMap(({ of }) => of)),
        faults: answers
          .filter(({ of }) => !of.every(({ status }) => isRefusal(status)))
          .map(
            ({ path, who, of }) =>
              `GET ${path} with ${who} was answered ${summary(of)}, not 401: look at the log of that pod.`,
          ),
      };
    },
  },
  {
    of: 'app',
    title: 'every pod knows a session',
    skips: ({ app, session }) =>
      app.protected.length === 0
        ? 'which calls need one is not known: --protected <path>'
        : session === undefined
          ? 'no session is given: --session <file>, with the cookie header of a signed-in browser'
          : undefined,
    async run({ app, live, session = '' }) {
      const [path = ''] = app.protected;
      const answers = await repeated(() => live.get(app.url + path, { headers: { ...json, cookie: session } }));
      const known = answers.filter(({ status }) => status === 200);
      const said = `GET ${path} with the session was answered ${summary(answers)}`;
      return {
        saw: summary(answers),
        faults:
          known.length === answers.length
            ? []
            : known.length === 0
              ? [
                  `${said}: it has ended, the cookie is not whole, or no sign-in succeeds. Sign in again, and give the new one.`,
                ]
              : [
                  `${said}: what answers differs. Sessions are in the memory of a pod, or the pods have different stores or keys: compare their environment.`,
                ],
      };
    },
  },
  {
    of: 'app',
    title: 'a sign-in leads to a provider by https, and comes back to this app',
    async run({ app, signIn }) {
      const { authorize, path } = await signIn();
      const back = URL.parse(authorize.searchParams.get('redirect_uri') ?? '');
      const wanted: ReadonlyArray<readonly [is: boolean, fault: string]> = [
        [authorize.protocol === 'https:', `the sign-in leads to ${authorize.origin}, without TLS`],
        [authorize.origin !== app.url, 'the sign-in leads to the app itself'],
        [
          back?.origin === app.url,
          `the provider is asked to come back to ${back?.origin ?? 'nowhere'}, not to ${app.url}`,
        ],
        [
          authorize.searchParams.get('response_type') === 'code',
          'the sign-in does not ask for a code (RFC 6749 section 4.1.1)',
        ],
        [Boolean(authorize.searchParams.get('client_id')), 'the sign-in names no client'],
        [
          authorize.searchParams.has('state') || authorize.searchParams.has('code_challenge'),
          'the sign-in has neither state nor PKCE, so that anybody can end it (RFC 9700 section 2.1)',
        ],
        [
          authorize.searchParams.get('code_challenge_method') !== 'plain',
          'the sign-in uses PKCE with plain, not S256 (RFC 9700 section 2.1.1)',
        ],
      ];
      return {
        saw: `${path} to ${authorize.origin}${authorize.pathname}, client ${authorize.searchParams.get('client_id')}, back to ${back?.pathname ?? 'nowhere'}`,
        faults: wanted.flatMap(([is, fault]) =>
          is ? [] : [`Of ${new URL(app.url).host}: ${fault}. Look at its environment.`],
        ),
      };
    },
  },
  {
    of: 'app',
    title: 'every pod leads a sign-in to the same place, each with values of its own',
    async run({ app, live, signIn }) {
      const { path } = await signIn();
      const starts = await repeated(() => followSignIn(live, app.url, path));
      const placeOf = ({ authorize }: FollowedSignIn): string =>
        authorize
          ? `${authorize.origin}${authorize.pathname} and back to ${authorize.searchParams.get('redirect_uri')}`
          : 'nowhere';
      const places = [...Map.groupBy(starts, placeOf)].map(([place, its]) => {
        const pods = new Set(its.flatMap(({ answer }) => podIn(answer.headers) ?? []));
        return `${its.length} x to ${place}${pods.size > 0 ? ` by ${[...pods].join(', ')}` : ''}`;
      });
      const same = repeatedValues(starts.map(({ authorize }) => authorize));
      return {
        saw: places.join(', '),
        faults: [
          ...(places.length > 1
            ? [`Sign-ins lead to different places: ${places.join('; ')}. The pods differ: compare their environment.`]
            : []),
          ...same.map((name) => `Two sign-ins have the same ${name}, so that a cache or the app repeats it.`),
        ],
      };
    },
  },
  {
    of: 'app',
    title: 'the cookies of a sign-in are Secure and HttpOnly',
    async run({ app, live, signIn }) {
      const { path } = await signIn();
      const starts = await repeated(() => followSignIn(live, app.url, path));
      const cookies = starts.flatMap((start) =>
        (start.answer.headers['set-cookie'] ?? []).flatMap((header) => parseSetCookie(header) ?? []),
      );
      return {
        saw: [...new Set(cookies.map(describeCookie))].join(' | ') || 'no cookie',
        faults: [
          ...new Set(
            cookies
              .filter(({ secure, httpOnly, maxAge }) => !(secure && httpOnly) && maxAge !== 0)
              .map(
                (cookie) =>
                  `The cookie ${cookie.name} is not Secure and HttpOnly (${describeCookie(cookie)}): look at the app's settings of cookies.`,
              ),
          ),
        ],
      };
    },
  },
  {
    of: 'provider',
    title: 'its certificate is trusted and does not expire soon',
    async run({ live, signIn }) {
      const { authorize } = await signIn();
      return certificateOf(await live.get(authorize.origin));
    },
  },
  {
    of: 'provider',
    title: 'its discovery document is about where a sign-in leads, and it has keys',
    async run({ live, signIn, issuer }) {
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
      const jwks = URL.parse(String(document.jwks_uri));
      const keys = jwks?.protocol === 'https:' ? await live.get(jwks.href) : undefined;
      const methods = document.code_challenge_methods_supported;
      return {
        saw: `issuer ${String(document.issuer)}, sign-out ${String(document.end_session_endpoint ?? 'has no endpoint')}`,
        faults: [
          ...(document.authorization_endpoint === there
            ? []
            : [
                `${url} names ${String(document.authorization_endpoint)} as its authorization endpoint, and a sign-in leads to ${there}: look at the provider's address in the app's environment.`,
              ]),
          ...(keys?.status === 200 && keysIn(keys.body) > 0
            ? []
            : [
                `${String(document.jwks_uri)} holds no key (${keys?.status ?? 'not named'}): look at the provider's signing key.`,
              ]),
          ...(authorize.searchParams.has('code_challenge') && Array.isArray(methods) && !methods.includes('S256')
            ? [`The provider offers no PKCE with S256 (${JSON.stringify(methods)}).`]
            : []),
        ],
      };
    },
  },
];

/** Says who asks, in access logs. */
const userAgent = 'smoke/1 (read-only checks)';

/** A context that finds sign-in and issuer once. @param headers for the app alone: they may hold a key for its gateway. */
export const anyAppContext = (
  app: DescribedApp,
  client: AnyAppContext['live'],
  session: string | undefined,
  headers: Readonly<Record<string, string>> = {},
): AnyAppContext => {
  const live: AnyAppContext['live'] = {
    get: (url, options = {}) => {
      const own = URL.parse(url)?.origin === app.url ? headers : {};
      return client.get(url, { ...options, headers: { 'user-agent': userAgent, ...own, ...options.headers } });
    },
  };
  let start: Promise<SignInStart> | undefined;
  let found: Promise<FoundIssuer | undefined> | undefined;
  const signIn = () => (start ??= findSignIn(live, app));
  const issuer = () => (found ??= signIn().then((begun) => findIssuer(live, begun, app.issuer)));
  return { app, live, session, signIn, issuer };
};
