import { parseSetCookie, splitSetCookieString } from 'cookie-es';
import { bareName, contract } from '../../e2e/contract.ts';

/** The meaning of a response for the client, as text that can be compared: `200`, `302 to /sign-in`, `401`. */
export type ResponseOutcome = string;

/** A sign-in is compared as a whole, by where it ends. */
export const signedIn: ResponseOutcome = 'signed in';
export const signInFailed: ResponseOutcome = 'sign-in failed';
/** Authentik asked a user for the password who had signed in before. */
export const askedForPassword = ', with the password';

export const removed = ', cookie removed';
const replaced = ', cookie replaced';
const sessionCookie = bareName(contract.sessionCookie);

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
    if (!cookie?.name.endsWith(sessionCookie)) return [];
    return [cookie.maxAge ?? (cookie.expires?.getTime() === 0 ? 0 : Infinity)];
  });

/** The seconds for which a response keeps the session cookie. Undefined: it does not set it, or removes it. */
export function cookieSecondsIn(setCookies: readonly string[]): number | undefined {
  const lifetimes = lifetimesIn(setCookies);
  return lifetimes.every((seconds) => seconds > 0) ? lifetimes.at(-1) : undefined;
}

/** The outcome of a request other than a sign-in. A location is kept if a path of words: others may contain secrets. */
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
  const to = location === undefined ? null : URL.parse(location, url);
  const page = to && /^\/[a-z/_-]{0,60}$/.test(to.pathname) ? to.pathname : 'another page';
  const host = to && (to.host === authentik || authentik === undefined) ? 'Authentik' : 'another host';
  const leads = to ? ` to ${to.host === url.host ? page : host}` : '';
  // A cached response counts as served.
  const shown = status === 304 ? 200 : status;
  const outcome = `${shown}${shown >= 300 && shown < 400 ? leads : ''}`;
  const lifetimes = lifetimesIn(setCookies);
  if (lifetimes.some((seconds) => seconds <= 0)) return outcome + removed;
  // An accepted session gets a new cookie when half of its lifetime is over.
  return lifetimes.length > 0 && isRefused(outcome) ? outcome + replaced : outcome;
}

export const isRefused = (outcome: ResponseOutcome): boolean => /^401|^30\d to \/sign-in/.test(outcome);
export const isServed = (outcome: ResponseOutcome): boolean => /^2\d\d/.test(outcome);

/** The browser left before the response came, or did not follow it. */
export const noAnswer: ResponseOutcome = 'no answer';
/** Authentik did not accept the address that a sign-out led to. */
export const signOutRefused = ', refused there';
/** Whether a sign-out led elsewhere than to Authentik, or was refused there. */
export const isWrongSignOut = (outcome: ResponseOutcome): boolean =>
  !/ to Authentik/.test(outcome) || outcome.includes(signOutRefused);

/** Removes what a recording without these headers, or without requests to Authentik, does not show. */
export const comparable = (
  outcome: ResponseOutcome,
  { knowsCookies, knowsAuthentik }: { knowsCookies: boolean; knowsAuthentik: boolean },
): ResponseOutcome => {
  const shown = knowsCookies ? outcome : outcome.replace(removed, '').replace(replaced, '');
  return knowsAuthentik ? shown : shown.replace(askedForPassword, '');
};
