import { duration } from '../../fleet/duration.ts';
import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { cookieSetOf, hasSessionCookie, lifetimeOf, sessionCookiesSetBy, type CookieSet } from './cookies.ts';
import { failedSignIn, lostSignIn } from './failed-sign-in.ts';
import { podName, revisionName } from '../../fleet/pod-names.ts';
import { fileEnding, wordsOf } from './words.ts';
import {
  asksToSignIn,
  isRefused,
  isServed,
  isSignedIn,
  responseOutcomeOf,
  signInOutcome,
  textOf,
  type ResponseOutcome,
} from './outcome.ts';
import type { Advice, Parties, Provider, Routes, Site } from './parties.ts';
import { signOutOf } from './sign-outs.ts';
import type { Verdict } from './verdict.ts';

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
  /** How the response sets the cookies of the session; empty: it sets none, or removes one. */
  cookiesSet: readonly CookieSet[];
  /** Whether a 2xx shows a session: the app is described, or a request for the same path was refused. */
  isGuarded: boolean;
  /** Host and path that a sign-out led to. */
  leadsTo?: string | undefined;
  /** A sign-out did not lead to the provider, or was refused there. */
  isWrongSignOut: boolean;
  /** Milliseconds from the browser's clock to that of the response, by its `Date`. */
  clockOffset?: number | undefined;
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
  /** Why the first sign-in failed which did. */
  failedSignIn: Verdict | undefined;
  /** Of each request without a complete answer: why, and how many milliseconds the browser waited. */
  unanswered: ReadonlyArray<{ why: string; ms: number }>;
  /** Whether the clock of the browser was set while it was recorded, so that times say nothing. */
  isTimeUnsure: boolean;
}

/** Finds sign-ins, calls, pages and sign-outs in a recording. */
export function storyOf<App extends string>(
  exchanges: readonly BrowserExchange[],
  { sites, provider, providerHosts, advice }: Parties<App>,
): Story<App> {
  const siteOf = (host: string) => sites.find(({ hosts }) => hosts.has(host));
  const start = exchanges[0]?.at ?? 0;
  // A sanitized HAR has no cookies at all; a curl command has all that it sends.
  const sendsCookies = exchanges.some(({ sent, status }) => sent.has('cookie') || status === undefined);
  const unanswered: Array<{ why: string; ms: number }> = [];
  let failed: Verdict | undefined;
  const requests = exchanges.flatMap((exchange): Array<StoryRequest<App>> => {
    const { at, ms, received, sent, url } = exchange;
    const site = siteOf(url.host);
    const kind = site && kindOf(exchange, site);
    if (!kind) return [];
    // A policy may have kept the browser from where a sign-out leads.
    const isGivenUp = exchange.status === 0 && kind.does !== 'sign out';
    if (exchange.failure !== undefined || isGivenUp)
      unanswered.push({ why: exchange.failure ?? 'the browser left', ms });
    if (isGivenUp) return [];
    const reason = received.get('x-session-reason') ?? '';
    const now = Date.parse(received.get('date') ?? '') || at;
    const { cookies = [] } = site;
    const outcome =
      kind.does === 'sign in' ? signInOutcome(isDone(exchange, site)) : outcomeIn(exchange, site, { provider, now });
    const named = {
      at: at - start,
      app: site.name,
      requestId: /^[\w.-]{8,64}$/.exec(received.get('x-request-id') ?? '')?.[0],
      outcome,
      isWrongSignOut: false,
      ...(kind.does === 'sign out' && signOutOf(exchanges, exchange, { site, provider, providerHosts, outcome })),
    };
    if (outcome.signIn === 'failed')
      failed ??= failedSignIn(exchanges, exchange, {
        site,
        provider,
        failures: advice.failures,
        log: `What the pods say: ${advice.logOf(named)}`,
      });
    const set = sessionCookiesSetBy(received.getSetCookie(), cookies);
    return [
      {
        ...named,
        ms,
        ...kind,
        pod: podName(site.podHeader ? (received.get(site.podHeader) ?? '') : ''),
        revision: revisionName(received.get('x-revision') ?? ''),
        reason: Object.hasOwn(advice.reasons, reason) ? reason : undefined,
        session: /^[\da-f]{12}$/.exec(received.get('x-session') ?? '')?.[0],
        cached: cachedBy(received),
        cookiesSet: set.some((each) => lifetimeOf(each, now) <= 0)
          ? []
          : set.map((each) => cookieSetOf(each, { url, now })),
        isGuarded: site.routes !== undefined,
        clockOffset: received.has('date') ? now - at - ms : undefined,
        // Chromium knows the cookies of a request from its response.
        hasCookie:
          sendsCookies && site.cookies && outcome.status !== 0 && !isRedacted(sent)
            ? hasSessionCookie(sent.get('cookie') ?? '', cookies)
            : undefined,
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
    failedSignIn:
      failed ??
      (requests.some(({ outcome }) => isSignedIn(outcome)) ? undefined : lostSignIn(exchanges, sites, provider)),
    unanswered,
    isTimeUnsure: exchanges.some(({ isTimeUnsure }) => isTimeUnsure),
  };
}

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
export function oddIn({ requests, unanswered }: Story): string[] {
  const odd = requests.flatMap((request, index) => {
    const { outcome, ms } = request;
    const isError = outcome.status >= 400 && !isRefused(outcome);
    const seen = [
      ...(isError || outcome.signIn === 'failed' ? [textOf(outcome)] : []),
      ...(ms >= slowMs ? [`after ${duration(ms)}`] : []),
    ];
    return seen.length > 0 ? [`request ${index + 1}, ${requestSentence(request)}: ${seen.join(' ')}`] : [];
  });
  // A browser gives up requests whenever a page is left.
  const lost = unanswered.filter(({ why, ms }) => ms >= slowMs || why.startsWith('ERR_'));
  const longest = Math.max(...lost.map(({ ms }) => ms));
  const whys = [...new Set(lost.map(({ why }) => why))].join(', ');
  return lost.length > 0
    ? [...odd, `no complete answer: ${lost.length} x (${whys}), after up to ${duration(longest)}`]
    : odd;
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
