import { sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { contract, publicPages } from '../../e2e/contract.ts';
import { reasonNamed, sessionReasons, type SessionReason } from '../../apps/environment/session-reasons.ts';
import { podName } from '../../e2e/probes/pod-name.ts';
import { revisionName } from '../../e2e/probes/probes.ts';
import { duration } from '../../fleet/duration.ts';
import type { BrowserExchange } from './exchange.ts';
import type { HostRole } from '../../e2e/probes/target.ts';
import { rolesOf } from './hosts.ts';
import {
  cookieSecondsIn,
  hasSessionCookie,
  isRefused,
  isRefusedByBrowsers,
  isServed,
  isSignedIn,
  isWrongSignOut,
  responseOutcomeOf,
  signInOutcome,
  textOf,
  type ResponseOutcome,
} from './outcome.ts';

/** One request of the user's browser to an app. It contains nothing from the recording that could be a secret. */
export interface StoryRequest {
  /** Milliseconds since the first request of the recording. */
  at: number;
  /** Milliseconds until the response was complete. */
  ms: number;
  app: AppName;
  does: 'sign in' | 'sign out' | 'call' | 'open page';
  /** A path of an app in this repository: an unknown path of the recording is replaced by a known one of its kind. */
  path: string;
  /** Undefined: the response does not name it. */
  pod?: string | undefined;
  revision?: string | undefined;
  /** Whether the session cookie was sent. Undefined: the recording has no cookies. */
  hasCookie?: boolean | undefined;
  /** Why the app refused it, from `x-session-reason`. Undefined: the build does not say, or it was not refused. */
  reason?: SessionReason | undefined;
  session?: string | undefined;
  /** Which the lines of the pods' logs have as well. */
  requestId?: string | undefined;
  /** A cache on the way gave the response: `age: 120`, `x-cache: HIT`. */
  cached?: string | undefined;
  /** For how long the response sets the session cookie. */
  cookieSeconds?: number | undefined;
  /** The response sets a session cookie that browsers must refuse. */
  isRefusedByBrowsers?: boolean | undefined;
  /** Of a sign-in: the recording shows that a form of Authentik was sent for it. */
  hasLogin?: boolean | undefined;
  /** Host and path that a sign-out led to. */
  leadsTo?: string | undefined;
  outcome: ResponseOutcome;
}

/** The requests of a recording to the apps, the oldest first. */
export interface Story {
  requests: readonly StoryRequest[];
  /** Whether the recording has `Set-Cookie`, so that removed cookies can be compared. */
  knowsCookies: boolean;
  /** Whether the recording has requests to Authentik, so that it shows when a password was asked for. */
  knowsAuthentik: boolean;
  /** Host of Authentik, where the apps send users to sign in. Undefined: nobody signs in in this recording. */
  authentik?: string | undefined;
  /** Milliseconds that each request waited which the browser gave up. */
  unanswered: readonly number[];
  /** Why requests got no answer that the browser did not give up. */
  failures: readonly string[];
  /** Whether the clock of the browser was set while it was recorded, so that times say nothing. */
  isTimeUnsure: boolean;
}

const callback = '/auth/oidc/callback';
const logout = '/auth/oidc/logout';
const sessionRoute = '/api/_auth/session';
/** Where the login form of Authentik is sent to. */
const loginFlow = /^\/api\/v3\/flows\/executor\//;

/** Finds sign-ins, calls, pages and sign-outs in a recording. @throws HarnessError when no app is in it. */
export function storyOf(recorded: readonly BrowserExchange[], map?: ReadonlyMap<string, HostRole>): Story {
  // A browser also records pages without a server, such as data: and blob:.
  const exchanges = recorded.filter(({ url }) => /^https?:$/.test(url.protocol));
  const roles = rolesOf(new Set(exchanges.map(({ url }) => url.host)), map);
  const start = exchanges[0]?.at ?? 0;
  // A sanitized HAR has no cookies at all; a curl command has all that it sends.
  const sendsCookies = exchanges.some(({ sent, status }) => sent.has('cookie') || status === undefined);
  const ofAuthentik = exchanges.filter(({ url }) => roles.get(url.host) === 'auth');
  const logins = ofAuthentik.filter(({ method, url }) => method === 'POST' && loginFlow.test(url.pathname));
  const authentik = authentikIn(exchanges);
  let lastSignIn = -Infinity;
  const unanswered: number[] = [];
  const failures: string[] = [];
  const requests = exchanges.flatMap((exchange): StoryRequest[] => {
    const { at, ms, received, sent, url } = exchange;
    const app = roles.get(url.host);
    if (app === undefined || app === 'auth') return [];
    const kind = kindOf(exchange, app);
    if (!kind) return [];
    // The browser left before the response came. A policy may have kept it from where a sign-out leads.
    if (exchange.status === 0 && kind.does !== 'sign out') {
      if (exchange.failure === undefined) unanswered.push(ms);
      else failures.push(exchange.failure);
      return [];
    }
    const pod = podName(received.get('x-served-by') ?? '');
    const revision = revisionName(received.get('x-revision') ?? '');
    const reason = reasonNamed(received.get('x-session-reason'));
    const session = /^[\da-f]{12}$/.exec(received.get('x-session') ?? '')?.[0];
    const cookieSeconds = cookieSecondsIn(received.getSetCookie());
    let outcome = outcomeIn(exchange, authentik);
    const isSignOut = kind.does === 'sign out';
    const refusal = isSignOut
      ? refusalAfter(exchanges, exchange, (host) => roles.get(host) === 'auth' && (authentik ?? host) === host)
      : undefined;
    const location = received.get('location');
    const next = isSignOut && location === null ? pageAfter(exchanges, exchange) : undefined;
    const to = isSignOut ? (refusal?.url ?? next ?? (location === null ? null : URL.parse(location, url))) : null;
    if (next && isServed(outcome)) outcome = { ...outcome, to: next.host === authentik ? 'Authentik' : 'another host' };
    if (refusal) outcome = { ...outcome, isRefusedThere: true, statusThere: refusal.status };
    let wasAsked: boolean | undefined;
    if (kind.does === 'sign in') {
      wasAsked = logins.some((login) => login.at > lastSignIn && login.at <= at);
      // Whether Authentik knew the user before the recording is not known, so the first sign-in says nothing.
      outcome = signInOutcome(isDone(exchange), wasAsked && lastSignIn > -Infinity);
      lastSignIn = at;
    }
    return [
      {
        at: at - start,
        ms,
        app,
        ...kind,
        pod,
        revision,
        reason,
        session,
        requestId: /^[\w.-]{8,64}$/.exec(received.get('x-request-id') ?? '')?.[0],
        cached: cachedBy(received),
        hasLogin: wasAsked,
        cookieSeconds,
        ...(isRefusedByBrowsers(received.getSetCookie()) && { isRefusedByBrowsers: true }),
        leadsTo: to ? `${to.host}${wordsOf(to.pathname)}` : undefined,
        // Chromium knows the cookies of a request from its response.
        hasCookie:
          sendsCookies && outcome.status !== 0 && !isRedacted(sent)
            ? hasSessionCookie(sent.get('cookie') ?? '')
            : undefined,
        outcome,
      },
    ];
  });
  const knowsCookies = exchanges.some(({ received }) => received.has('set-cookie'));
  return {
    requests,
    knowsCookies,
    knowsAuthentik: ofAuthentik.length > 0,
    authentik,
    unanswered,
    failures,
    isTimeUnsure: exchanges.some(({ isTimeUnsure }) => isTimeUnsure),
  };
}

/** The header by which a cache says that it gave the response (RFC 9111 section 5.1, and `x-cache` of most caches). */
function cachedBy(received: Headers): string | undefined {
  const age = Number(received.get('age') ?? 0);
  if (age > 0) return `age: ${age}`;
  return /\bhit\b/i.test(received.get('x-cache') ?? '') ? 'x-cache: HIT' : undefined;
}

/** Longest pause between a page and another to which it leads by itself. */
const leadsAwayMs = 10_000;

/** The page of another host that the browser opened right after a response. */
function pageAfter(exchanges: readonly BrowserExchange[], { at, ms, url }: BrowserExchange): URL | undefined {
  const next = exchanges.find((each) => each.at > at && isDocument(each));
  return next && next.url.host !== url.host && next.at <= at + ms + leadsAwayMs ? next.url : undefined;
}

/** The response of Authentik, on the way to which a sign-out led the browser, that refuses it. */
function refusalAfter(
  exchanges: readonly BrowserExchange[],
  signOut: BrowserExchange,
  isAuthentik: (host: string) => boolean,
): BrowserExchange | undefined {
  const after = exchanges.slice(exchanges.indexOf(signOut) + 1);
  const end = after.findIndex(({ url }) => !isAuthentik(url.host));
  // A page of Authentik also loads icons and data, which says nothing about the sign-out.
  return after.slice(0, end < 0 ? undefined : end).find((each) => (each.status ?? 0) >= 400 && isDocument(each));
}

/** Without the parts of a path that may be secret. */
const wordsOf = (path: string): string => (/^\/[a-z/_-]{0,60}$/.test(path) ? path : '/…');

const authentikIn = (exchanges: readonly BrowserExchange[]): string | undefined =>
  exchanges.flatMap(({ url, received }) => {
    const to = url.pathname === '/auth/oidc/login' ? URL.parse(received.get('location') ?? '', url) : null;
    // A captive portal leads elsewhere.
    return to && to.host !== url.host && to.pathname.endsWith('/application/o/authorize/') ? [to.host] : [];
  })[0];

/** As in a trace of this suite: the cookies have no names. */
const isRedacted = (sent: Headers): boolean => sent.get('cookie')?.includes('=') === false;

function kindOf(
  { method, url: { pathname }, sent }: BrowserExchange,
  app: AppName,
): Pick<StoryRequest, 'does' | 'path'> | undefined {
  if (pathname === callback) return { does: 'sign in', path: callback };
  // A GET must not sign out; if it does, the user did not.
  if (pathname === logout) return { does: method === 'POST' ? 'sign out' : 'call', path: logout };
  if (method !== 'GET') return undefined;
  if (pathname === sessionRoute) return { does: 'call', path: sessionRoute };
  const { api, pages } = sessionApp[app];
  if (pathname.startsWith('/api/') && !pathname.startsWith('/api/_'))
    return { does: 'call', path: known(pathname, api) };
  const isPublic = (publicPages as readonly string[]).includes(pathname) || /^\/(?:_|api\/|auth\/)|\./.test(pathname);
  return isDocument({ sent }) && !isPublic ? { does: 'open page', path: known(pathname, pages) } : undefined;
}

const isDocument = ({ sent }: Pick<BrowserExchange, 'sent'>): boolean =>
  sent.get('sec-fetch-dest') === 'document' || sent.get('accept')?.includes('text/html') === true;

const known = (path: string, paths: readonly string[]): string => (paths.includes(path) ? path : (paths[0] as string));

function outcomeIn({ status, url, received }: BrowserExchange, authentik: string | undefined): ResponseOutcome {
  const clears = /"(?:cookies|\*)"/.test(received.get('clear-site-data') ?? '');
  return responseOutcomeOf({
    // Of a curl command: who sends it has seen the 401.
    status: status ?? 401,
    location: received.get('location') ?? undefined,
    setCookies: [...received.getSetCookie(), ...(clears ? [`${contract.sessionCookie}=; Max-Age=0`] : [])],
    url,
    authentik,
  });
}

const isDone = ({ url, received }: BrowserExchange): boolean => {
  const location = received.get('location');
  const to = location === null ? null : URL.parse(location, url);
  return to !== null && to.pathname !== '/sign-in';
};

/** What the recording shows of an app after a request, until the user signs in again. */
export function untilNextSignIn(requests: readonly StoryRequest[], index: number): readonly StoryRequest[] {
  const { app } = requests[index]!;
  const later = requests.slice(index + 1);
  const next = later.findIndex((each) => each.app === app && isSignedIn(each.outcome));
  return next < 0 ? later : later.slice(0, next);
}

/**
 * The responses that a signed-in user must not get, by their place in the story: a refusal, a 503 of the session store,
 * and a sign-out that leads elsewhere than to Authentik.
 */
export const wrongResponsesIn = (story: Story): number[] => responsesToExplain(story).wrong;

/** Whether a reason is none that a sign-out has, or the refusals after it. */
const isOfFault = (reason: SessionReason | undefined): boolean =>
  reason !== undefined && reason !== 'none' && reason !== 'signed-out';

/** Whether a reason is one of a 503. */
const isUnusable = (reason: SessionReason | undefined): boolean =>
  reason !== undefined && sessionReasons[reason].status === 503;

/** The wrong responses, and the refusals after the user's own sign-out. That of a stranger is neither. */
export function responsesToExplain({ requests, authentik }: Story): { wrong: number[]; afterSignOut: number[] } {
  const found = { wrong: [] as number[], afterSignOut: [] as number[] };
  const isIn = new Map<AppName, boolean>();
  const began = new Map<AppName, boolean>();
  for (const [index, { app, does, outcome, hasCookie, reason }] of requests.entries()) {
    if (!began.has(app)) {
      const isServedLater = () =>
        untilNextSignIn(requests, index).some((each) => each.app === app && isServed(each.outcome));
      // Without a cookie, a reason or a later response that shows a session, the client may never have signed in.
      began.set(app, hasCookie ?? ((reason !== undefined && reason !== 'none') || isServedLater()));
    }
    const wasIn = isIn.get(app) ?? (hasCookie || began.get(app) === true);
    if (does === 'sign in') isIn.set(app, isSignedIn(outcome) || isIn.get(app) === true);
    else if (does === 'sign out') {
      const hasFailed = outcome.status >= 400;
      isIn.set(app, wasIn && hasFailed);
      const isWrong = hasFailed || isOfFault(reason) || (authentik !== undefined && isWrongSignOut(outcome));
      if (wasIn && hasCookie !== false && isWrong) found.wrong.push(index);
    } else if (isServed(outcome)) isIn.set(app, true);
    // After the sign-out the user may have signed in again in another tab.
    else if ((isRefused(outcome) || isUnusable(reason)) && (wasIn || isOfFault(reason))) found.wrong.push(index);
    else if (isRefused(outcome) && isIn.has(app)) found.afterSignOut.push(index);
  }
  return found;
}

const verbs = { 'sign in': 'sign in to', 'sign out': 'sign out of' } as const;

/** `GET /api/me of operator`, `sign in to operator`. */
export const requestSentence = ({ does, path, app }: StoryRequest): string =>
  does === 'sign in' || does === 'sign out' ? `${verbs[does]} ${app}` : `GET ${path} of ${app}`;

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
    ...(failures.length > 0 ? [`no answer: ${failures.length} x, ${[...new Set(failures)].join(', ')}`] : []),
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
