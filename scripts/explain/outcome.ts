import { lifetimeOf, sessionCookiesSetBy } from './cookies.ts';
import type { Provider, Site } from './parties.ts';

/** The meaning of a response for the client. Replays are compared by it. */
export interface ResponseOutcome {
  /** A cached response (304) counts as 200. 0: the browser left before the response came, or did not follow it. */
  status: number;
  /** Where a redirect, or the page of a sign-out, leads: a path of the app, the provider, `another page` or `another host`. */
  to?: string | undefined;
  /** It sends the user to sign in. */
  asksToSignIn?: true;
  /** What the response does with the session cookie. */
  cookie?: 'removed' | 'replaced' | undefined;
  /** A sign-in is compared as a whole, by where it ends. */
  signIn?: 'done' | 'failed';
  /** The status, from 400 on, that the provider answered to a sign-out that led there. It refuses with 400 itself. */
  statusThere?: number | undefined;
}

export const signInOutcome = (isDone: boolean): ResponseOutcome => ({
  status: 302,
  signIn: isDone ? 'done' : 'failed',
});

/** As people read it: `200`, `302 to /sign-in`, `401, cookie removed`. */
export function textOf({ status, to, cookie, signIn, statusThere }: ResponseOutcome): string {
  const what = { done: 'signed in', failed: 'sign-in failed' };
  return [
    signIn ? what[signIn] : status === 0 ? 'no answer' : `${status}${to ? ` to ${to}` : ''}`,
    ...(cookie ? [`cookie ${cookie}`] : []),
    ...(statusThere ? ['refused there'] : []),
  ].join(', ');
}

/** An authorize request has these parameters (RFC 6749 section 4.1.1), or one that was pushed before (RFC 9126). */
export const isAuthorizeRequest = ({ searchParams }: URL): boolean =>
  searchParams.has('client_id') &&
  (searchParams.has('request_uri') || (searchParams.has('redirect_uri') && searchParams.has('response_type')));

/** Whether an address of a site is one that asks users to sign in. */
export const asksToSignIn = (url: URL, { hosts, starts }: Pick<Site, 'hosts' | 'starts'>): boolean =>
  isAuthorizeRequest(url) ||
  (hosts.has(url.host) &&
    starts.some((start) => (start instanceof RegExp ? start.test(url.pathname) : start === url.pathname)));

interface Answer {
  status: number;
  location: string | undefined;
  setCookies: readonly string[];
  url: URL;
  now?: number;
}

/**
 * The outcome of a request that is not a sign-in. @param location of a redirect; only a path of words is kept, because
 * any other may contain a secret.
 */
export function responseOutcomeOf(
  { status, location, setCookies, url, now = Date.now() }: Answer,
  { cookies = [], ...site }: Pick<Site, 'hosts' | 'starts' | 'cookies'>,
  provider: Provider,
): ResponseOutcome {
  const target = location === undefined ? null : URL.parse(location, url);
  const page = target && /^\/[a-z/_-]{0,60}$/.test(target.pathname) ? target.pathname : 'another page';
  const isProvider = target && (provider.host === undefined || target.host === provider.host);
  const isRedirect = target !== null && status >= 300 && status < 400 && status !== 304;
  const to = !isRedirect ? undefined : target.host === url.host ? page : isProvider ? provider.name : 'another host';
  const outcome: ResponseOutcome = {
    status: status === 304 ? 200 : status,
    to,
    ...(isRedirect && asksToSignIn(target, site) && { asksToSignIn: true }),
  };
  const lifetimes = sessionCookiesSetBy(setCookies, cookies)
    // A removal for a part of the app leaves the cookie of all of it.
    .filter((cookie) => lifetimeOf(cookie, now) > 0 || (cookie.path ?? '/') === '/')
    .map((cookie) => lifetimeOf(cookie, now));
  if (lifetimes.some((seconds) => seconds <= 0)) return { ...outcome, cookie: 'removed' };
  // An accepted session gets a new cookie when half of its lifetime is over.
  return lifetimes.length > 0 && isRefused(outcome) ? { ...outcome, cookie: 'replaced' } : outcome;
}

export const isRefused = ({ status, signIn, ...outcome }: ResponseOutcome): boolean =>
  signIn === undefined && (status === 401 || outcome.asksToSignIn === true);
export const isServed = ({ status }: ResponseOutcome): boolean => status >= 200 && status < 300;
export const isSignedIn = ({ signIn }: ResponseOutcome): boolean => signIn === 'done';
