import { parseSetCookie, splitSetCookieString } from 'cookie-es';
import { duration } from '../../fleet/duration.ts';
import { wordsOf } from './words.ts';

type SetCookie = NonNullable<ReturnType<typeof parseSetCookie>>;

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

/** Of those that hold the session, the last of each name. */
export const sessionCookiesSetBy = (setCookies: readonly string[], names: readonly string[]): SetCookie[] => [
  ...new Map(
    cookiesSetBy(setCookies)
      .filter(({ name }) => names.includes(wholeName(name)))
      .map((cookie) => [cookie.name, cookie]),
  ).values(),
];

/** The seconds for which a cookie is kept; 0 or less: it is removed. @param now of the server, milliseconds. */
export const lifetimeOf = ({ maxAge, expires }: SetCookie, now: number): number =>
  maxAge ?? (expires ? (expires.getTime() - now) / 1000 : Infinity);

/** How a response sets a cookie: when and where browsers send it, and nothing of its value. */
export interface CookieSet {
  /** For how long it is kept. Infinity: as long as the browser runs. */
  seconds: number;
  /** Its words alone. */
  path: string;
  isStrict: boolean;
  /** Why browsers refuse it. */
  refused: string | undefined;
}

export function cookieSetOf(cookie: SetCookie, { url, now }: { url: URL; now: number }): CookieSet {
  const { path, sameSite } = cookie;
  return {
    seconds: lifetimeOf(cookie, now),
    path: wordsOf(path?.startsWith('/') ? path : url.pathname.replace(/\/[^/]*$/, '') || '/'),
    isStrict: sameSite === 'strict',
    refused: whyRefused(cookie, url),
  };
}

const mostBytes = 4096;

/** Why browsers refuse a cookie (RFC 6265bis sections 4.1.3 and 5.7). Undefined: they do not. */
function whyRefused(
  { name, value = '', path, secure, domain, sameSite }: SetCookie,
  { hostname, protocol }: URL,
): string | undefined {
  const isLocal = /^(?:localhost|127\..*|\[::1\]|.*\.localhost)$/.test(hostname);
  const host = domain?.replace(/^\./, '').toLowerCase();
  if (name.startsWith('__Host-') && (path !== '/' || !secure || domain !== undefined))
    return '__Host- needs Path=/, Secure and no Domain';
  if (name.startsWith('__Secure-') && !secure) return '__Secure- needs Secure';
  if (secure && protocol === 'http:' && !isLocal) return 'Secure is not accepted over http';
  if (sameSite === 'none' && !secure) return 'SameSite=None needs Secure';
  if (host && host !== hostname && !hostname.endsWith(`.${host}`)) return `its Domain is not ${hostname}`;
  return name.length + value.length > mostBytes ? `it has more than ${mostBytes} bytes` : undefined;
}

/** Why a browser does not send a cookie (RFC 6265bis section 5.8.3). Undefined: its attributes do not show it. */
export function whyNotSent(
  { seconds, path, isStrict, refused }: CookieSet,
  request: { path: string; seconds: number; isFromOtherSite: boolean },
): string | undefined {
  if (refused) return `browsers refuse it, because ${refused}`;
  if (request.seconds >= seconds) return `it was set for ${duration(seconds * 1000)}, and had expired`;
  if (request.path !== path && !request.path.startsWith(path.endsWith('/') ? path : `${path}/`))
    return `it is for the path ${path} alone`;
  return isStrict && request.isFromOtherSite
    ? 'SameSite=Strict keeps it from the way back of another site; Lax does not'
    : undefined;
}
