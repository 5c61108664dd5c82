import { duration } from '../../fleet/duration.ts';
import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { signInFaultOf, type SignInFault } from './failed-sign-in.ts';
import { podName, revisionName } from '../../fleet/pod-names.ts';
import { fileEnding, wordsOf } from './words.ts';
import {
  asksToSignIn,
  cookieSetBy,
  hasSessionCookie,
  isAuthorizeRequest,
  isRefused,
  isServed,
  isSignedIn,
  responseOutcomeOf,
  signInOutcome,
  textOf,
  type CookieSet,
  type ResponseOutcome,
} from './outcome.ts';
import type { Advice, Parties, Provider, Routes, Site } from './parties.ts';

/** One request of the user's browser to an app. It contains nothing from the recording that could be a secret. */
export interface StoryRequest<App extends string = string> {
  /** Milliseconds since the first request of the recording. */
  at: number;
  /** Milliseconds until the response was complete. */
  ms: number;
  app: App;
  does: 'sign in' | 'sign out' | 'call' | 'open page';
  /** Its words alone. Of an app that is described a known path: an unknown one is replaced by one of its kind. */
  path: string;
  /** Of a call, unless it is GET. */
  method?: string | undefined;
  /** Undefined: the response does not name it. */
  pod?: string | undefined;
  revision?: string | undefined;
  /** Whether the session cookie was sent. Undefined: the recording has no cookies. */
  hasCookie?: boolean | undefined;
  /** Why the app refused it, from `x-session-reason`. Undefined: the build does not say, or it was not refused. */
  reason?: string | undefined;
  session?: string | undefined;
  /** Which the lines of the pods' logs have as well. */
  requestId?: string | undefined;
  /** A cache on the way gave the response: `age: 120`, `x-cache: HIT`. */
  cached?: string | undefined;
  /** How the response sets the session cookie. */
  cookieSet?: CookieSet | undefined;
  /** Whether a 2xx shows a session: the app is described, or a request for the same path was refused. */
  isGuarded: boolean;
  /** Of a sign-in: the recording shows that a form of the provider was sent for it. */
  hasLogin?: boolean | undefined;
  /** Of a sign-in that failed. */
  fault?: SignInFault | undefined;
  /** Host and path that a sign-out led to. */
  leadsTo?: string | undefined;
  /** Milliseconds from the browser's clock to that of the response, by its `Date`. */
  clockOffset?: number | undefined;
  /** A sign-out did not lead to the provider, or was refused there. */
  isWrongSignOut: boolean;
  outcome: ResponseOutcome;
}

/** The requests of a recording to the apps, the oldest first. */
export interface Story<App extends string = string> {
  requests: ReadonlyArray<StoryRequest<App>>;
  /** Which apps they are of. */
  sites: ReadonlyArray<Site<App>>;
  /** Where users sign in. */
  provider: Provider;
  advice: Advice;
  /** Whether the recording has `Set-Cookie`, so that removed cookies can be compared. */
  knowsCookies: boolean;
  /** Whether the recording has requests to the provider, and shows when a password was asked for. */
  knowsProvider: boolean;
  /** Where a sign-in led which got no answer there, or an error. */
  lostSignIn?: { app: string; host: string; answer: string } | undefined;
  /** Milliseconds that each request waited which the browser gave up. */
  unanswered: readonly number[];
  /** Why requests got no answer that the browser did not give up. */
  failures: readonly string[];
  /** Whether the clock of the browser was set while it was recorded, so that times say nothing. */
  isTimeUnsure: boolean;
}

/** Finds sign-ins, calls, pages and sign-outs in a recording. @param recorded those of HTTP. */
export function storyOf<App extends string>(
  recorded: readonly BrowserExchange[],
  { sites, provider, providerHosts, loginPath, advice }: Parties<App>,
): Story<App> {
  const exchanges = withoutOthers(recorded);
  const siteOf = (host: string) => sites.find(({ hosts }) => hosts.has(host));
  const start = exchanges[0]?.at ?? 0;
  // A sanitized HAR has no cookies at all; a curl command has all that it sends.
  const sendsCookies = exchanges.some(({ sent, status }) => sent.has('cookie') || status === undefined);
  const ofProvider = exchanges.filter(({ url }) => providerHosts.has(url.host));
  const logins = ofProvider.filter(({ method, url }) => method === 'POST' && loginPath?.test(url.pathname));
  let lastSignIn = -Infinity;
  const unanswered: number[] = [];
  const failures: string[] = [];
  const requests = exchanges.flatMap((exchange): Array<StoryRequest<App>> => {
    const { at, ms, received, sent, url } = exchange;
    const site = siteOf(url.host);
    const kind = site && kindOf(exchange, site);
    if (!kind) return [];
    if (exchange.failure !== undefined) failures.push(exchange.failure);
    // The browser left before the response came. A policy may have kept it from where a sign-out leads.
    if (exchange.status === 0 && kind.does !== 'sign out') {
      if (exchange.failure === undefined) unanswered.push(ms);
      return [];
    }
    const reason = received.get('x-session-reason') ?? '';
    const now = Date.parse(received.get('date') ?? '') || at;
    const { cookies = [] } = site;
    let outcome = outcomeIn(exchange, site, { provider, now });
    const isSignOut = kind.does === 'sign out';
    const refusal = isSignOut
      ? refusalAfter(exchanges, exchange, (host) => providerHosts.has(host) && (provider.host ?? host) === host)
      : undefined;
    const redirect = redirectOf(exchange);
    const next = isSignOut && !redirect ? pageAfter(exchanges, exchange) : undefined;
    const to = isSignOut ? (refusal?.url ?? next ?? redirect) : null;
    if (next && isServed(outcome))
      outcome = { ...outcome, to: next.host === provider.host ? provider.name : 'another host' };
    if (refusal) outcome = { ...outcome, isRefusedThere: true, statusThere: refusal.status };
    let wasAsked: boolean | undefined;
    if (kind.does === 'sign in') {
      wasAsked = logins.some((login) => login.at > lastSignIn && login.at <= at);
      // Whether the provider knew the user before the recording is not known, so the first sign-in says nothing.
      outcome = signInOutcome(isDone(exchange, site), wasAsked && lastSignIn > -Infinity);
      lastSignIn = at;
    }
    return [
      {
        at: at - start,
        ms,
        app: site.name,
        ...kind,
        pod: podName(site.podHeader ? (received.get(site.podHeader) ?? '') : ''),
        revision: revisionName(received.get('x-revision') ?? ''),
        reason: Object.hasOwn(advice.reasons, reason) ? reason : undefined,
        session: /^[\da-f]{12}$/.exec(received.get('x-session') ?? '')?.[0],
        requestId: /^[\w.-]{8,64}$/.exec(received.get('x-request-id') ?? '')?.[0],
        cached: cachedBy(received),
        hasLogin: wasAsked,
        fault: outcome.signIn === 'failed' ? signInFaultOf(exchanges, exchange, { site, provider }) : undefined,
        cookieSet: cookieSetBy(received.getSetCookie(), cookies, { url, now }),
        isGuarded: site.routes !== undefined,
        leadsTo: to ? `${to.host}${wordsOf(to.pathname)}` : undefined,
        clockOffset: received.has('date') ? now - at - ms : undefined,
        isWrongSignOut:
          isSignOut && (refusal !== undefined || isAstray(exchanges, exchange, { site, provider, outcome, to })),
        // Chromium knows the cookies of a request from its response.
        hasCookie:
          sendsCookies && site.cookies && outcome.status !== 0 && !isRedacted(sent)
            ? hasSessionCookie(sent.get('cookie') ?? '', cookies)
            : undefined,
        outcome,
      },
    ];
  });
  const nameOf = ({ app, method = '', path }: StoryRequest): string => `${app} ${method} ${path}`;
  const guarded = new Set(requests.filter(({ outcome }) => isRefused(outcome)).map(nameOf));
  return {
    requests: requests.map((each) => ({ ...each, isGuarded: each.isGuarded || guarded.has(nameOf(each)) })),
    sites,
    provider,
    advice,
    knowsCookies: exchanges.some(({ received }) => received.has('set-cookie')),
    lostSignIn: lostSignInOf(exchanges, sites),
    knowsProvider: loginPath !== undefined && ofProvider.length > 0,
    unanswered,
    failures,
    isTimeUnsure: exchanges.some(({ isTimeUnsure }) => isTimeUnsure),
  };
}

/** The authorize request that was answered with an error, or not at all. */
function lostSignInOf(exchanges: readonly BrowserExchange[], sites: readonly Site[]): Story['lostSignIn'] {
  const lost = exchanges.find(
    (each) => isAuthorizeRequest(each.url) && isDocument(each) && (each.failure ?? (each.status ?? 0) >= 400),
  );
  const back = URL.parse(lost?.url.searchParams.get('redirect_uri') ?? '');
  const site = sites.find(({ hosts }) => back && hosts.has(back.host));
  return lost && site
    ? {
        app: site.name,
        host: lost.url.host,
        answer: lost.failure ? `gave no answer (${lost.failure})` : `answered ${lost.status}`,
      }
    : undefined;
}

/** A browser also records pages without a server, such as data: and blob:. */
export const withoutOthers = (recorded: readonly BrowserExchange[]): BrowserExchange[] =>
  recorded.filter(({ url }) => /^https?:$/.test(url.protocol));

/** The header by which a cache says that it gave the response (RFC 9111 section 5.1, and `x-cache` of most caches). */
function cachedBy(received: Headers): string | undefined {
  const age = Number(received.get('age') ?? 0);
  if (age > 0) return `age: ${age}`;
  const name = cacheHeaders.find((each) => cacheHit.test(received.get(each) ?? ''));
  return name && `${name}: HIT`;
}

/** Varnish also says `hit-for-pass`, when it asks the app. */
export const cacheHit = /(?:^|[\s,_])hit(?![\w-])/i;

export const cacheHeaders = [
  'x-cache',
  'cf-cache-status',
  'x-cache-status',
  'x-proxy-cache',
  'x-vercel-cache',
  'x-nextjs-cache',
];

/** Longest pause between a page and another to which it leads by itself. */
const leadsAwayMs = 10_000;

/** The page of another host that the browser opened right after a response. */
function pageAfter(exchanges: readonly BrowserExchange[], { at, ms, url }: BrowserExchange): URL | undefined {
  const next = exchanges.find((each) => each.at > at && isDocument(each));
  return next && next.url.host !== url.host && next.at <= at + ms + leadsAwayMs ? next.url : undefined;
}

/** The response of the provider, on the way to which a sign-out led the browser, that refuses it. */
function refusalAfter(
  exchanges: readonly BrowserExchange[],
  signOut: BrowserExchange,
  isProvider: (host: string) => boolean,
): BrowserExchange | undefined {
  const after = exchanges.slice(exchanges.indexOf(signOut) + 1);
  const end = after.findIndex(({ url }) => !isProvider(url.host));
  // A page of the provider also loads icons and data, which says nothing about the sign-out.
  return after.slice(0, end < 0 ? undefined : end).find((each) => (each.status ?? 0) >= 400 && isDocument(each));
}

/**
 * Whether a sign-out did not lead to the provider. Of an app that is not described it may end in the app itself, so that
 * only another end-session address which did not answer is wrong.
 */
function isAstray(
  exchanges: readonly BrowserExchange[],
  { at }: BrowserExchange,
  { site, provider, outcome, to }: { site: Site; provider: Provider; outcome: ResponseOutcome; to: URL | null },
): boolean {
  if (site.routes) return outcome.to !== provider.name;
  if (!to || provider.host === undefined || to.host === provider.host || !isEndSession(to)) return false;
  const there = exchanges.find((each) => each.at >= at && each.url.href === to.href);
  return there === undefined || there.status === 0 || (there.status ?? 0) >= 400;
}

/** A request to end the session at a provider (OpenID Connect RP-Initiated Logout 1.0 section 2). */
export const isEndSession = ({ pathname, searchParams }: URL): boolean =>
  searchParams.has('post_logout_redirect_uri') ||
  searchParams.has('id_token_hint') ||
  /end[-_]?session|logout|signout/i.test(pathname);

/** As in a trace of this suite: the cookies have no names. */
const isRedacted = (sent: Headers): boolean => sent.get('cookie')?.includes('=') === false;

function kindOf(exchange: BrowserExchange, site: Site): Pick<StoryRequest, 'does' | 'path' | 'method'> | undefined {
  const { method, sent, url } = exchange;
  const path = site.routes ? url.pathname : wordsOf(url.pathname);
  if (site.callbacks.includes(url.pathname)) return { does: 'sign in', path };
  if (site.signOuts.includes(`${method} ${url.pathname}`) && !isPrefetch(sent)) return { does: 'sign out', path };
  if (site.routes) return describedKindOf(exchange, site.routes, site.signOuts);
  if (method === 'OPTIONS' || asksToSignIn(url, site) || isFile(exchange)) return undefined;
  if (method === 'GET' && isDocument(exchange)) return { does: 'open page', path };
  return { does: 'call', path, ...(method !== 'GET' && { method: wordsOf(`/${method}`).slice(1) }) };
}

function describedKindOf(
  { method, url: { pathname }, sent }: BrowserExchange,
  { session, api, pages, publicPages }: Routes,
  signOuts: readonly string[],
): Pick<StoryRequest, 'does' | 'path'> | undefined {
  // A GET must not sign out; if it does, the user did not.
  if (signOuts.some((each) => each.endsWith(` ${pathname}`))) return { does: 'call', path: pathname };
  if (method !== 'GET') return undefined;
  if (pathname === session) return { does: 'call', path: session };
  if (pathname.startsWith('/api/') && !pathname.startsWith('/api/_'))
    return { does: 'call', path: known(pathname, api) };
  const isPublic = publicPages.includes(pathname) || /^\/(?:_|api\/|auth\/)|\./.test(pathname);
  return isDocument({ sent }) && !isPublic ? { does: 'open page', path: known(pathname, pages) } : undefined;
}

const isPrefetch = (sent: Headers): boolean =>
  /prefetch/.test(`${sent.get('sec-purpose')} ${sent.get('purpose')}`) || sent.get('sec-fetch-dest') === 'image';

/** Scripts, styles, images and fonts, which need no session. */
const isFile = ({ sent, url, received }: BrowserExchange): boolean =>
  /^(?:script|style|image|font|manifest|worker|audio|video)$/.test(sent.get('sec-fetch-dest') ?? '') ||
  fileEnding.test(url.pathname) ||
  /^(?:text\/css|image|font|(?:text|application)\/(?:x-)?javascript)/.test(received.get('content-type') ?? '');

const known = (path: string, paths: readonly string[]): string => (paths.includes(path) ? path : (paths[0] as string));

function outcomeIn(
  { status, url, received }: BrowserExchange,
  site: Site,
  { provider, now }: { provider: Provider; now: number },
): ResponseOutcome {
  const clears = /"(?:cookies|\*)"/.test(received.get('clear-site-data') ?? '');
  const answer = {
    // Of a curl command: who sends it has seen the 401.
    status: status ?? 401,
    location: received.get('location') ?? undefined,
    setCookies: [
      ...received.getSetCookie(),
      ...(clears ? (site.cookies ?? []).map((name) => `${name}=; Max-Age=0`) : []),
    ],
    url,
    now,
  };
  return responseOutcomeOf(answer, site, provider);
}

/** Whether the callback has accepted the user: it leads on, to no page that asks again or says what failed. */
function isDone(exchange: BrowserExchange, site: Site): boolean {
  const to = redirectOf(exchange);
  if (!to)
    return (
      site.routes === undefined && isServed({ status: exchange.status ?? 0 }) && !exchange.url.searchParams.has('error')
    );
  return !asksToSignIn(to, site) && !to.searchParams.has('error') && !/\/(?:auth-)?error\b/i.test(to.pathname);
}

/** What the recording shows of an app after a request, until the user signs in again. */
export function untilNextSignIn(requests: readonly StoryRequest[], index: number): readonly StoryRequest[] {
  const { app } = requests[index]!;
  const later = requests.slice(index + 1);
  const next = later.findIndex((each) => each.app === app && isSignedIn(each.outcome));
  return next < 0 ? later : later.slice(0, next);
}

/**
 * The responses that a signed-in user must not get, by their place in the story: a refusal, a 503 of the session store,
 * and a sign-out that leads elsewhere than to the provider.
 */
export const wrongResponsesIn = (story: Story): number[] => responsesToExplain(story).wrong;

/** Whether a response shows that the user is signed in. */
export const showsSession = ({ outcome, isGuarded }: StoryRequest): boolean => isServed(outcome) && isGuarded;

/** Whether a reason is none that a sign-out has, or the refusals after it. */
const isOfFault = (reason: string | undefined): boolean =>
  reason !== undefined && reason !== 'none' && reason !== 'signed-out';

/** The wrong responses, and the refusals after the user's own sign-out. That of a stranger is neither. */
export function responsesToExplain({ requests, sites, provider, advice }: Story): {
  wrong: number[];
  afterSignOut: number[];
} {
  const found = { wrong: [] as number[], afterSignOut: [] as number[] };
  const isIn = new Map<string, boolean>();
  const began = new Map<string, boolean>();
  for (const [index, request] of requests.entries()) {
    const { app, does, outcome, hasCookie, reason, isWrongSignOut } = request;
    // Apps also give cookies to visitors who have not signed in.
    const showsUser = sites.find(({ name }) => name === app)?.routes || hasCookie === false ? hasCookie : undefined;
    if (!began.has(app)) {
      const isServedLater = () =>
        untilNextSignIn(requests, index).some((each) => each.app === app && showsSession(each));
      // Without a cookie, a reason or a later response that shows a session, the client may never have signed in.
      began.set(app, showsUser ?? ((reason !== undefined && reason !== 'none') || isServedLater()));
    }
    const wasIn = isIn.get(app) ?? (showsUser || began.get(app) === true);
    if (does === 'sign in') isIn.set(app, isSignedIn(outcome) || isIn.get(app) === true);
    else if (does === 'sign out') {
      const hasFailed = outcome.status >= 400;
      isIn.set(app, wasIn && hasFailed);
      const isWrong = hasFailed || isOfFault(reason) || (provider.host !== undefined && isWrongSignOut);
      if (wasIn && hasCookie !== false && isWrong) found.wrong.push(index);
    } else if (showsSession(request)) isIn.set(app, true);
    // After the sign-out the user may have signed in again in another tab.
    else if ((isRefused(outcome) || advice.reasons[reason ?? '']?.status === 503) && (wasIn || isOfFault(reason)))
      found.wrong.push(index);
    else if (isRefused(outcome) && isIn.has(app)) found.afterSignOut.push(index);
  }
  return found;
}

const verbs = { 'sign in': 'sign in to', 'sign out': 'sign out of' } as const;

/** `GET /api/me of operator`, `sign in to operator`. */
export const requestSentence = ({ does, path, app, method = 'GET' }: StoryRequest): string =>
  does === 'sign in' || does === 'sign out' ? `${verbs[does]} ${app}` : `${method} ${path} of ${app}`;

/** Longer than an app waits for anything behind it. */
const slowMs = 10_000;

/** What else is not as it should be: failed sign-ins, other errors, and answers that came late or never. */
export function oddIn({ requests, unanswered, failures }: Story): string[] {
  const odd = requests.flatMap((request, index) => {
    const { outcome, ms } = request;
    const isError = outcome.status >= 400 && !isRefused(outcome);
    const seen = [
      ...(isError || outcome.signIn === 'failed' ? [textOf(outcome)] : []),
      ...(ms >= slowMs ? [`after ${duration(ms)}`] : []),
    ];
    return seen.length > 0 ? [`request ${index + 1}, ${requestSentence(request)}: ${seen.join(' ')}`] : [];
  });
  const given = unanswered.filter((ms) => ms >= slowMs);
  return [
    ...odd,
    ...(failures.length > 0 ? [`no complete answer: ${failures.length} x, ${[...new Set(failures)].join(', ')}`] : []),
    ...(given.length > 0 ? [`no answer: ${given.length} x, the longest wait was ${duration(Math.max(...given))}`] : []),
  ];
}

/** Groups of concurrent requests. A sign-in, a sign-out and what is no request are groups of their own. */
export function burstsOf<Item>(items: readonly Item[], requestOf: (item: Item) => StoryRequest | undefined): Item[][] {
  const groups: Item[][] = [];
  let end = -Infinity;
  for (const item of items) {
    const request = requestOf(item);
    const canOverlap = request?.does === 'call' || request?.does === 'open page';
    const group = groups.at(-1);
    if (group && request && canOverlap && request.at < end) group.push(item);
    else {
      groups.push([item]);
      end = -Infinity;
    }
    if (request && canOverlap) end = Math.max(end, request.at + request.ms);
  }
  return groups;
}
