import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { isServed, type ResponseOutcome } from './outcome.ts';
import type { Parties, Site } from './parties.ts';
import { wordsOf } from './words.ts';

interface SignOut {
  outcome: ResponseOutcome;
  /** Host and path that it led to. */
  leadsTo?: string;
  /** It did not lead to the provider, or was refused there. */
  isWrongSignOut: boolean;
}

/** Where a sign-out led, by its redirect or what its page did. @param outcome of the response itself. */
export function signOutOf(
  exchanges: readonly BrowserExchange[],
  signOut: BrowserExchange,
  {
    site,
    provider,
    providerHosts,
    outcome,
  }: Pick<Parties, 'provider' | 'providerHosts'> & { site: Site; outcome: ResponseOutcome },
): SignOut {
  const isProvider = (host: string): boolean => providerHosts.has(host) && (provider.host ?? host) === host;
  const refusal = refusalAfter(exchanges, signOut, isProvider);
  const redirect = redirectOf(signOut);
  const next = redirect ? undefined : pageAfter(exchanges, signOut);
  const to = refusal?.url ?? next ?? redirect;
  const toPage = next && isServed(outcome) && (next.host === provider.host ? provider.name : 'another host');
  const ended = {
    ...outcome,
    ...(toPage && { to: toPage }),
    ...(refusal && { statusThere: refusal.status }),
  };
  // Of an app that is not described it may end in the app itself.
  const isAstray = site.routes
    ? ended.to !== provider.name
    : to !== null && to.host !== (provider.host ?? to.host) && isUnanswered(exchanges, signOut, to);
  return {
    outcome: ended,
    ...(to && { leadsTo: `${to.host}${wordsOf(to.pathname)}` }),
    isWrongSignOut: refusal !== undefined || isAstray,
  };
}

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

/** Whether an end-session address did not answer. */
function isUnanswered(exchanges: readonly BrowserExchange[], { at }: BrowserExchange, to: URL): boolean {
  if (!isEndSession(to)) return false;
  const there = exchanges.find((each) => each.at >= at && each.url.href === to.href);
  return !there?.status || there.status >= 400;
}

/** A request to end the session at a provider (OpenID Connect RP-Initiated Logout 1.0 section 2). */
export const isEndSession = ({ pathname, searchParams }: URL): boolean =>
  searchParams.has('post_logout_redirect_uri') ||
  searchParams.has('id_token_hint') ||
  /end[-_]?session|logout|signout/i.test(pathname);
