import { parseSetCookie, splitSetCookieString } from 'cookie-es';
import { bareName, contract } from '../contract.ts';

/** The meaning of a response for the client, as text that can be compared: `200`, `302 to /sign-in`, `401`. */
export type Outcome = string;

/** A sign-in is compared as a whole, by where it ends. */
export const signedIn: Outcome = 'signed in';
export const signInFailed: Outcome = 'sign-in failed';

const removed = ', cookie removed';
const replaced = ', cookie replaced';
/** In `Set-Cookie`, and not in the list of cookies that a request sends. */
const sessionCookie = bareName(contract.sessionCookie);

export const hasSessionCookie = (cookieHeader: string): boolean => cookieHeader.includes(`${sessionCookie}=`);

/** What `Set-Cookie` does to the session cookie. @param setCookies may contain several cookies joined with commas. */
function changeOfSession(setCookies: readonly string[]): 'removed' | 'set' | undefined {
  const changes = setCookies
    .flatMap((cookies) => splitSetCookieString(cookies))
    .flatMap((text) => {
      const cookie = parseSetCookie(text);
      if (!cookie?.name.endsWith(sessionCookie)) return [];
      const { maxAge, expires } = cookie;
      return [(maxAge === undefined ? expires?.getTime() === 0 : maxAge <= 0) ? 'removed' : 'set'] as const;
    });
  return changes.includes('removed') ? 'removed' : changes.at(-1);
}

/**
 * The outcome of a request that is not a sign-in. @param location of a redirect; only a path of words is kept, because
 * any other may contain a secret.
 */
export function outcomeOf({
  status,
  location,
  setCookies,
  url,
}: {
  status: number;
  location: string | undefined;
  setCookies: readonly string[];
  url: URL;
}): Outcome {
  const to = location === undefined ? null : URL.parse(location, url);
  const page = to && /^\/[a-z/_-]{0,60}$/.test(to.pathname) ? to.pathname : 'another page';
  const leads = to ? ` to ${to.host === url.host ? page : 'another host'}` : '';
  // A cached response counts as served.
  const shown = status === 304 ? 200 : status;
  const outcome = `${shown}${shown >= 300 && shown < 400 ? leads : ''}`;
  const change = changeOfSession(setCookies);
  if (change === 'removed') return outcome + removed;
  // An accepted session gets a new cookie when half of its lifetime is over.
  return change === 'set' && isRefused(outcome) ? outcome + replaced : outcome;
}

export const isRefused = (outcome: Outcome): boolean => /^401|^30\d to \/sign-in/.test(outcome);
export const isServed = (outcome: Outcome): boolean => /^2\d\d/.test(outcome);
export const isUnavailable = (outcome: Outcome): boolean => /^5\d\d/.test(outcome);

export const isReplaced = (outcome: Outcome): boolean => outcome.endsWith(replaced);

/** Removes what only `Set-Cookie` shows, for recordings without it. */
export const withoutCookies = (outcome: Outcome): Outcome => outcome.replace(removed, '').replace(replaced, '');
