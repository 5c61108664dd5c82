import { duration } from '../../fleet/duration.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { listOf } from './hosts.ts';
import { podHeaders, podName } from '../../fleet/pod-names.ts';
import { sessionWords } from './words.ts';
import { cookieNamesIn, cookiesSetBy, lifetimeOf, wholeName } from './cookies.ts';
import { isAuthorizeRequest } from './outcome.ts';
import type { Advice, Looked, Parties, Site } from './parties.ts';
import { isEndSession } from './sign-outs.ts';

/**
 * Who takes part in a recording of any app, as its sign-ins by OpenID Connect show.
 * @throws HarnessError with what is missing, when it has none.
 */
export function partiesIn(exchanges: readonly BrowserExchange[]): Parties {
  const hosts = new Set(exchanges.map(({ url }) => url.host));
  const authorizeRequests = exchanges.flatMap((exchange) =>
    [exchange.url, redirectOf(exchange)].filter((url) => url !== null && isAuthorizeRequest(url)),
  ) as URL[];
  const providers = new Set(authorizeRequests.map(({ host }) => host));
  const callbacks = [
    ...authorizeRequests.map(({ searchParams }) => URL.parse(searchParams.get('redirect_uri') ?? '')),
    ...exchanges.map(({ url }) => url).filter(isAnswerOfProvider),
  ].filter((url) => url !== null);
  // A provider that itself signs in at another one is no app, unless it is on the host of the app.
  const apps = callbacks.filter(({ host }) => hosts.has(host) && !providers.has(host));
  const own = apps.length > 0 ? apps : callbacks.filter(({ host }) => hosts.has(host));
  if (own.length === 0)
    throw new HarnessError(
      `It shows no sign-in by OpenID Connect: no redirect to another host has client_id and redirect_uri, or it does not come back. It has requests to ${listOf(hosts)}. Record from before the sign-in on, with "Preserve log" ticked.`,
    );
  const names = new Set(own.map(({ host }) => host));
  const providerHosts = new Set([...providers].filter((each) => !names.has(each)));
  const sites = [...names].map((name) =>
    siteOf(name, exchanges, {
      callbacks: [...new Set(own.filter((url) => url.host === name).map(({ pathname }) => pathname))],
      providerHosts,
    }),
  );
  return { sites, provider: { name: 'the provider', host: [...providerHosts][0] }, providerHosts, advice };
}

/** A response of a provider to an authorize request (RFC 6749 section 4.1.2). */
const isAnswerOfProvider = (url: URL): boolean =>
  url.searchParams.has('state') && (url.searchParams.has('code') || url.searchParams.has('error'));

/** Paths at which sign-ins begin, by their usual words. */
const startWords = /\b(?:(?:log|sign)[-_]?in|auth|oidc|oauth2?|sso|challenge)\b/i;
const signOutWords = /\b(?:log|sign)[-_]?(?:out|off)\b/i;

function siteOf(
  name: string,
  exchanges: readonly BrowserExchange[],
  { callbacks, providerHosts }: { callbacks: readonly string[]; providerHosts: ReadonlySet<string> },
): Site {
  const own = exchanges.filter(({ url }) => url.host === name);
  const starts = own.flatMap((exchange) => {
    const to = redirectOf(exchange);
    const { pathname } = exchange.url;
    return to && isAuthorizeRequest(to) && startWords.test(pathname) && !callbacks.includes(pathname) ? [pathname] : [];
  });
  const cookies = sessionCookies(own, callbacks);
  const isSent = ({ sent }: BrowserExchange): boolean =>
    cookieNamesIn(sent.get('cookie') ?? '').some((cookie) => cookies?.includes(cookie));
  const others = exchanges
    .filter((each) => isSent(each) && !providerHosts.has(each.url.host))
    .map(({ url }) => url.host);
  return {
    name,
    hosts: new Set([name, ...others]),
    callbacks,
    signOuts: [...new Set(signOutsIn(own, providerHosts))],
    starts: [...new Set(starts), /\/(?:log|sign)[-_]?in\/?$/i],
    cookies,
    podHeader: podHeaders.find((header) => own.some(({ received }) => podName(received.get(header) ?? ''))),
  };
}

/**
 * The cookies that hold the session: those that a callback sets, or leaves as the start of the sign-in has set them, and
 * that all requests which the app answers have. Undefined: the recording has no cookies.
 */
function sessionCookies(own: readonly BrowserExchange[], callbacks: readonly string[]): string[] | undefined {
  const sent = own.map((exchange) => cookieNamesIn(exchange.sent.get('cookie') ?? ''));
  const lastSent = new Map(sent.flatMap((names, index) => names.map((name) => [name, index] as const)));
  const jar = new Map<string, { byCallback: boolean; isHttpOnly: boolean }>();
  let likely: string[] = [];
  for (const [index, { url, received, at, status = 0 }] of own.entries()) {
    const byCallback = callbacks.includes(url.pathname) && status < 400;
    for (const cookie of cookiesSetBy(received.getSetCookie())) {
      const name = wholeName(cookie.name);
      if (lifetimeOf(cookie, at) <= 0 || cookie.value === '') jar.delete(name);
      else jar.set(name, { byCallback, isHttpOnly: cookie.httpOnly === true });
    }
    if (!byCallback || likely.length > 0) continue;
    const steps = [
      [...jar].filter(([, its]) => its.byCallback && its.isHttpOnly),
      [...jar].filter(([, its]) => its.byCallback),
      [...jar].filter(([name, its]) => its.isHttpOnly && (lastSent.get(name) ?? 0) > index),
    ];
    likely = (steps.find(({ length }) => length > 0) ?? []).map(([name]) => name);
  }
  if (likely.length === 0) return undefined;
  const usual = likely.filter((name) => sessionWords.test(name));
  const found = usual.length > 0 ? usual : likely;
  const isAnswered = ({ status = 0, sent: headers, method }: BrowserExchange): boolean =>
    status >= 200 &&
    status < 300 &&
    method === 'GET' &&
    (isDocument({ sent: headers }) || headers.get('sec-fetch-dest') === 'empty');
  const needed = sent
    .filter((names, index) => isAnswered(own[index]!) && names.some((name) => found.includes(name)))
    .reduce((names, each) => names.filter((name) => each.includes(name)), found);
  return needed.length > 0 ? needed : found;
}

/** The requests that end a session: those that lead to the provider's end of it, and those with its usual words. */
function signOutsIn(own: readonly BrowserExchange[], providerHosts: ReadonlySet<string>): string[] {
  const ends = (url: URL | null): boolean =>
    url !== null &&
    isEndSession(url) &&
    (providerHosts.has(url.host) || url.searchParams.has('post_logout_redirect_uri'));
  const found = own.filter(
    (each) =>
      ends(redirectOf(each)) ||
      (signOutWords.test(each.url.pathname) && (each.method === 'POST' || (each.method === 'GET' && isDocument(each)))),
  );
  const posts = new Set(found.filter(({ method }) => method === 'POST').map(({ url }) => url.pathname));
  // A page of the same path asks before it.
  return found
    .filter(({ method, url }) => method === 'POST' || !posts.has(url.pathname))
    .map(({ method, url }) => `${method} ${url.pathname}`);
}

const logOf = ({ app, requestId, at }: Looked): string =>
  requestId
    ? `the log of ${app} for request id ${requestId}`
    : `the log of ${app}, ${duration(at)} after the start of the recording`;

const differ =
  'session store (or sessions are in the memory of each pod), in the secret of the cookie, in a key, or in their version';

/** What holds for any app. */
const advice: Advice = {
  reasons: {},
  failures: {},
  perPod: differ,
  logOf,
  checks: (refused) => [
    `the app says why: ${logOf(refused)}`,
    `the pods differ in their ${differ}: ask each of them with the same cookie`,
    'the session store was full, emptied or away: its log, its memory and its restarts',
    'the session ended at the provider, or its tokens could not be renewed: the log of the provider for this user',
  ],
  blockedSignOut: 'Look at the console of the browser, and at the address to which the sign-out leads.',
  wrongSignOut: ({ app, outcome }) => [
    outcome.statusThere
      ? `Compare the client and the post-logout redirect URI of ${app} with what is registered at the provider, whose log says why it refused.`
      : `Compare the end-session address in the settings of ${app} with end_session_endpoint in the discovery document of the provider.`,
  ],
  howToRecord: ', from before the sign-in on, with "Preserve log" ticked',
};
