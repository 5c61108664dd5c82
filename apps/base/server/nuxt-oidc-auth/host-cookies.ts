import { attemptCookie, sessionCookie } from './names.ts';

/** The app's own cookie for the page to return to after a sign-in. */
export const returnCookie = 'dezky-return-to';

/** Cookies that only this host may set: the session, the sign-in under way, and the page to come back to. */
const bareNames = [sessionCookie, attemptCookie, returnCookie];
const prefix = '__Host-';

/** Name of such a cookie in browsers, which accept it from this host alone (RFC 6265bis section 4.1.3.2). */
export const nameInBrowsers = (bareName: string): string => prefix + bareName;

/** Request headers that h3 1 prefers to the cookie of a session (`getSession`, `sessionHeader`). */
export const sessionHeaders: readonly string[] = bareNames.map((name) => `x-${name}-session`);

/** The prefixed cookies, by the name that they have in browsers. */
const bareNameOf: ReadonlyMap<string, string> = new Map(bareNames.map((name) => [nameInBrowsers(name), name]));

/** Removes what a browser takes for padding: spaces and tabs alone (RFC 6265bis section 5.6). */
const trim = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

const nameOf = (pair: string): string => trim(pair.split('=', 1)[0]!);

/**
 * The name as it may come to be read: cookie-es trims all that JavaScript takes for white space, such as U+00A0. A browser
 * that gets such a byte before `__Host-` sees no prefix, and takes the cookie from any host of the domain.
 */
const nameAsRead = (pair: string): string => pair.split('=', 1)[0]!.trim();

const isTossed = (pair: string): boolean =>
  bareNames.includes(nameAsRead(pair)) || (bareNameOf.has(nameAsRead(pair)) && nameOf(pair) !== nameAsRead(pair));

/**
 * A `cookie` header as server code is to see it: nuxt-oidc-auth 0.18 reads names without a prefix. A cookie that came
 * without one may be another host's, and is left out. The prefixed ones stay as well: requests that the server makes
 * to itself for a page carry this header on, and come here again.
 */
export const cookiesForServer = (header: string): string =>
  header
    .split(';')
    .map(trim)
    .filter((pair) => !isTossed(pair))
    .flatMap((pair) => {
      const bareName = bareNameOf.get(nameOf(pair));
      return bareName === undefined ? [pair] : [pair, bareName + pair.slice(pair.indexOf('='))];
    })
    .join('; ');

/** h3 writes when a cookie ends; to a browser whose clock is ahead of the pod's that may be over already. */
const lifetime = (attribute: string): string => {
  const [, end] = /^\s*expires\s*=(.*)$/i.exec(attribute) ?? [];
  return end === undefined ? attribute : ` Max-Age=${Math.max(0, Math.round((Date.parse(end) - Date.now()) / 1000))}`;
};

/**
 * A `set-cookie` header as browsers are to get it: the prefix demands Secure, Path=/ and no Domain, and a lifetime is
 * counted by the browser's own clock.
 */
export const cookieForBrowser = (header: string): string => {
  if (!bareNames.includes(nameOf(header))) return header;
  const [pair = '', ...attributes] = header.split(';');
  const kept = attributes.filter((attribute) => !/^\s*(?:domain|path|secure)\s*(?:=|$)/i.test(attribute)).map(lifetime);
  return [nameInBrowsers(pair), ' Path=/', ' Secure', ...kept].join(';');
};
