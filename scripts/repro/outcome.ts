import { parseSetCookie, splitSetCookieString } from 'cookie-es';
import { contract } from '../../e2e/contract.ts';

/** The meaning of a response for the client. Replays are compared by it. */
export interface ResponseOutcome {
  /** A cached response (304) counts as 200. 0: the browser left before the response came, or did not follow it. */
  status: number;
  /** Where a redirect, or the page of a sign-out, leads: a path of the app, `Authentik`, `another page` or `another host`. */
  to?: string | undefined;
  /** What the response does with the session cookie. */
  cookie?: 'removed' | 'replaced' | undefined;
  /** A sign-in is compared as a whole, by where it ends. */
  signIn?: 'done' | 'failed';
  /** Authentik asked a user for the password who had signed in before. */
  isAsked?: boolean;
  /** Authentik did not accept the address that a sign-out led to. */
  isRefusedThere?: boolean;
  /** The status with which it did not. Authentik itself refuses with 400. */
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

/** Whether the app would see a session in it: one without the prefix, or without a value, is none. */
export const hasSessionCookie = (cookieHeader: string): boolean =>
  cookieHeader.split(/; */).some((pair) => pair.startsWith(`${contract.sessionCookie}=`) && !pair.endsWith('='));

/** Whether a response sets a session cookie that browsers must refuse (RFC 6265bis section 4.1.3.2). */
export const isRefusedByBrowsers = (setCookies: readonly string[]): boolean =>
  setCookies.flatMap(splitSetCookieString).some((text) => {
    const { name, path, secure, domain } = parseSetCookie(text) ?? {};
    return name === contract.sessionCookie && (path !== '/' || !secure || domain !== undefined);
  });

/** The seconds for which `Set-Cookie` keeps the session cookie; 0 or less: it removes it. */
const lifetimesIn = (setCookies: readonly string[]): number[] =>
  // Each may contain several cookies joined with commas.
  setCookies.flatMap(splitSetCookieString).flatMap((text) => {
    const cookie = parseSetCookie(text);
    if (cookie?.name !== contract.sessionCookie) return [];
    return [cookie.maxAge ?? (cookie.expires?.getTime() === 0 ? 0 : Infinity)];
  });

/** The seconds for which a response keeps the session cookie. Undefined: it does not set it, or removes it. */
export function cookieSecondsIn(setCookies: readonly string[]): number | undefined {
  const lifetimes = lifetimesIn(setCookies);
  return lifetimes.every((seconds) => seconds > 0) ? lifetimes.at(-1) : undefined;
}

/**
 * The outcome of a request that is not a sign-in. @param location of a redirect; only a path of words is kept, because
 * any other may contain a secret.
 */
export function responseOutcomeOf({
  status,
  location,
  setCookies,
  url,
  authentik,
}: {
  status: number;
  location: string | undefined;
  setCookies: readonly string[];
  url: URL;
  /** Its host. Undefined: not known, so that any other host counts as Authentik. */
  authentik: string | undefined;
}): ResponseOutcome {
  const target = location === undefined ? null : URL.parse(location, url);
  const page = target && /^\/[a-z/_-]{0,60}$/.test(target.pathname) ? target.pathname : 'another page';
  const host = target && (target.host === authentik || authentik === undefined) ? 'Authentik' : 'another host';
  const isRedirect = target !== null && status >= 300 && status < 400 && status !== 304;
  const to = isRedirect ? (target.host === url.host ? page : host) : undefined;
  const outcome: ResponseOutcome = { status: status === 304 ? 200 : status, to };
  const lifetimes = lifetimesIn(setCookies);
  if (lifetimes.some((seconds) => seconds <= 0)) return { ...outcome, cookie: 'removed' };
  // An accepted session gets a new cookie when half of its lifetime is over.
  return lifetimes.length > 0 && isRefused(outcome) ? { ...outcome, cookie: 'replaced' } : outcome;
}

export const isRefused = ({ status, to, signIn }: ResponseOutcome): boolean =>
  signIn === undefined && (status === 401 || to === '/sign-in');
export const isServed = ({ status }: ResponseOutcome): boolean => status >= 200 && status < 300;
export const isSignedIn = ({ signIn }: ResponseOutcome): boolean => signIn === 'done';
/** Whether a sign-out led elsewhere than to Authentik, or was refused there. */
export const isWrongSignOut = ({ to, isRefusedThere }: ResponseOutcome): boolean =>
  to !== 'Authentik' || isRefusedThere === true;

/** Without what a recording without these headers, or without requests to Authentik, does not show. */
export const comparable = (
  { isAsked = false, cookie, ...outcome }: ResponseOutcome,
  { knowsCookies, knowsAuthentik }: { knowsCookies: boolean; knowsAuthentik: boolean },
): string => textOf({ ...outcome, isAsked: isAsked && knowsAuthentik, cookie: knowsCookies ? cookie : undefined });
