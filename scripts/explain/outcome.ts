import { parseSetCookie, splitSetCookieString } from 'cookie-es';
import type { Provider, Site } from './parties.ts';

type SetCookie = NonNullable<ReturnType<typeof parseSetCookie>>;

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
  /** The provider asked a user for the password who had signed in before. */
  isAsked?: boolean;
  /** The provider did not accept the address that a sign-out led to. */
  isRefusedThere?: boolean;
  /** The status with which it did not. The provider itself refuses with 400. */
  statusThere?: number | undefined;
}

export const signInOutcome = (isDone: boolean, isAsked = false): ResponseOutcome => ({
  status: 302,
  signIn: isDone ? 'done' : 'failed',
  isAsked,
});

/** As people read it: `200`, `302 to /sign-in`, `401, cookie removed`. */
export function textOf({ status, to, cookie, signIn, isAsked, isRefusedThere }: ResponseOutcome): string {
  const what = { done: 'signed in', failed: 'sign-in failed' };
  return [
    signIn ? what[signIn] : status === 0 ? 'no answer' : `${status}${to ? ` to ${to}` : ''}`,
    ...(isAsked ? ['with the password'] : []),
    ...(cookie ? [`cookie ${cookie}`] : []),
    ...(isRefusedThere ? ['refused there'] : []),
  ].join(', ');
}

/** The name of a cookie without the number that libraries give the parts of one that is too large. */
export const wholeName = (name: string): string => name.replace(/\.\d{1,2}$/, '');

/** The names of the cookies of a request that have a value. */
export const cookieNamesIn = (cookieHeader: string): string[] =>
  cookieHeader
    .split(/; */)
    .flatMap((pair) => (/^[^=]+=./.test(pair) ? [wholeName(pair.slice(0, pair.indexOf('=')))] : []));

/** Whether the app would see a session in it: one without the prefix, or without a value, is none. */
export function hasSessionCookie(cookieHeader: string, names: readonly string[]): boolean {
  const sent = cookieNamesIn(cookieHeader);
  return names.every((name) => sent.includes(name));
}

/** What a response sets. Each header may contain several cookies joined with commas. */
export const cookiesSetBy = (setCookies: readonly string[]): SetCookie[] =>
  setCookies.flatMap(splitSetCookieString).flatMap((text) => parseSetCookie(text) ?? []);

/** The seconds for which a cookie is kept; 0 or less: it is removed. @param now of the server, milliseconds. */
export const lifetimeOf = ({ maxAge, expires }: SetCookie, now: number): number =>
  maxAge ?? (expires ? (expires.getTime() - now) / 1000 : Infinity);

/** Of those that hold the session, the last of each name. */
const sessionCookiesSetBy = (setCookies: readonly string[], names: readonly string[]): SetCookie[] => [
  ...new Map(
    cookiesSetBy(setCookies)
      .filter(({ name }) => names.includes(wholeName(name)))
      .map((cookie) => [cookie.name, cookie]),
  ).values(),
];

const mostBytes = 4096;

/** Why browsers refuse a cookie (RFC 6265bis sections 4.1.3 and 5.7). Undefined: they do not. */
export function whyRefused(
  { name, value = '', path, secure, domain, sameSite }: SetCookie,
  url: URL,
): string | undefined {
  const isLocal = /^(?:localhost|127\..*|\[::1\]|.*\.localhost)$/.test(url.hostname);
  const host = domain?.replace(/^\./, '').toLowerCase();
  if (name.startsWith('__Host-') && (path !== '/' || !secure || domain !== undefined))
    return '__Host- needs Path=/, Secure and no Domain';
  if (name.startsWith('__Secure-') && !secure) return '__Secure- needs Secure';
  if (secure && url.protocol === 'http:' && !isLocal) return 'Secure is not accepted over http';
  if (sameSite === 'none' && !secure) return 'SameSite=None needs Secure';
  if (host && host !== url.hostname && !url.hostname.endsWith(`.${host}`)) return `its Domain is not ${url.hostname}`;
  return name.length + value.length > mostBytes ? `it has more than ${mostBytes} bytes` : undefined;
}

/** How a response sets the session cookie. */
export interface CookieSet {
  /** For how long. Infinity: as long as the browser runs. */
  seconds: number;
  path: string;
  isStrict: boolean;
  /** Why browsers refuse it. */
  refused: string | undefined;
}

/** Undefined: the response does not set the session cookie, or removes it. */
export function cookieSetBy(
  setCookies: readonly string[],
  names: readonly string[],
  { url, now }: { url: URL; now: number },
): CookieSet | undefined {
  const cookies = sessionCookiesSetBy(setCookies, names);
  const lifetimes = cookies.map((cookie) => lifetimeOf(cookie, now));
  if (cookies.length === 0 || lifetimes.some((seconds) => seconds <= 0)) return undefined;
  const paths = cookies.map(({ path }) => (path?.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/'));
  return {
    seconds: Math.min(...lifetimes),
    path: paths.toSorted((a, b) => b.length - a.length)[0]!,
    isStrict: cookies.some(({ sameSite }) => sameSite === 'strict'),
    refused: cookies.map((cookie) => whyRefused(cookie, url)).find((why) => why !== undefined),
  };
}

/** Whether a browser sends a cookie of this path with a request (RFC 6265 section 5.1.4). */
export const isOfPath = (pathname: string, cookiePath: string): boolean =>
  pathname === cookiePath || pathname.startsWith(cookiePath.endsWith('/') ? cookiePath : `${cookiePath}/`);

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

/** Without what a recording without these headers, or without requests to the provider, does not show. */
export const comparable = (
  { isAsked = false, cookie, ...outcome }: ResponseOutcome,
  { knowsCookies, knowsProvider }: { knowsCookies: boolean; knowsProvider: boolean },
): string => textOf({ ...outcome, isAsked: isAsked && knowsProvider, cookie: knowsCookies ? cookie : undefined });
