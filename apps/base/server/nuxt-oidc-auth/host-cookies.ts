import { returnCookie } from '../http/return-page.ts';
import { attemptCookie, sessionCookie } from './names.ts';

/** Cookies that only this host may set: the session, the sign-in in progress, and the page to return to. */
const bareNames = [sessionCookie, attemptCookie, returnCookie];
const prefix = '__Host-';

/** The name of such a cookie in the browser, which accepts it only from this host (RFC 6265bis section 4.1.3.2). */
export const nameInBrowsers = (bareName: string): string => prefix + bareName;

/** Request headers that h3 1 prefers to a session's cookie (`getSession`, `sessionHeader`). */
export const sessionHeaders: readonly string[] = bareNames.map((name) => `x-${name}-session`);

/** The prefixed cookies, by their name in browsers. */
const bareNameOf: ReadonlyMap<string, string> = new Map(bareNames.map((name) => [nameInBrowsers(name), name]));

/** Browsers send fewer than 200 to a domain. A header of 64 KB could contain 65,000, and parsing each costs CPU. */
const mostCookies = 300;

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

/**
 * Trims only the white space that browsers trim: spaces and tabs (RFC 6265bis section 5.6). Not a regular expression, whose
 * backtracking would take seconds for a header of spaces.
 */
const trim = (text: string): string => {
  let [start, end] = [0, text.length];
  while (isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
};

const nameOf = (pair: string): string => trim(pair.split('=', 1)[0]!);

/**
 * The name as server code may read it: cookie-es trims all JavaScript white space, including U+00A0. A browser that
 * receives such a byte before `__Host-` sees no prefix, and accepts the cookie from any host of the domain.
 */
const nameAsRead = (pair: string): string => pair.split('=', 1)[0]!.trim();

const isTossed = (pair: string): boolean =>
  bareNames.includes(nameAsRead(pair)) || (bareNameOf.has(nameAsRead(pair)) && nameOf(pair) !== nameAsRead(pair));

/**
 * Rewrites a `cookie` header for server code: nuxt-oidc-auth 0.18 reads names without a prefix. A cookie without a
 * prefix may come from another host, so it is dropped. The prefixed cookies are kept as well, because requests that the
 * server makes to itself for a page reuse this header and pass through here again.
 */
export const cookiesForServer = (header: string): string =>
  header
    .split(';', mostCookies)
    .map(trim)
    .filter((pair) => !isTossed(pair))
    .flatMap((pair) => {
      const bareName = bareNameOf.get(nameOf(pair));
      return bareName === undefined ? [pair] : [pair, bareName + pair.slice(pair.indexOf('='))];
    })
    .join('; ');

/**
 * h3 also sends an expiry date. A browser whose clock is ahead of the pod's may treat the cookie as already expired.
 */
const lifetime = (attribute: string): string => {
  const [, end] = /^\s*expires\s*=(.*)$/i.exec(attribute) ?? [];
  return end === undefined ? attribute : ` Max-Age=${Math.max(0, Math.round((Date.parse(end) - Date.now()) / 1000))}`;
};

/**
 * Rewrites a `set-cookie` header for browsers. The prefix requires Secure, Path=/ and no Domain. Max-Age replaces the
 * expiry date, so that the browser's own clock decides.
 */
export const cookieForBrowser = (header: string): string => {
  if (!bareNames.includes(nameOf(header))) return header;
  const [pair = '', ...attributes] = header.split(';');
  const kept = attributes.filter((attribute) => !/^\s*(?:domain|path|secure)\s*(?:=|$)/i.test(attribute)).map(lifetime);
  return [nameInBrowsers(pair), ' Path=/', ' Secure', ...kept].join(';');
};
