import { describeCookie, type SetCookie } from './cookies.ts';

/** What a visitor saw of a sign-in that led to no session. */
interface SeenOfSignIn {
  hops: readonly URL[];
  refused: ReadonlyArray<{ host: string; cookie: SetCookie }>;
  withheld: ReadonlyArray<{ at: URL; name: string; why: string; isAlone: boolean }>;
}

/** A sentence without its full stop, when what was seen shows why there is no session. @param own origin of the app. */
export const seenCause = ({ hops, refused, withheld }: SeenOfSignIn, own: string): string | undefined =>
  refusedCookie(refused, new URL(own).host) ??
  lostOnTheWayBack(hops) ??
  withheldCookie({ hops, withheld: withheld.filter(({ isAlone }) => isAlone) });

function refusedCookie(refused: SeenOfSignIn['refused'], own: string): string | undefined {
  const cookies = refused.filter(({ host }) => host === own).map(({ cookie }) => describeCookie(cookie));
  if (cookies.length === 0) return undefined;
  return `browsers refuse a cookie of ${own}, because it is for another host or not as its prefix demands (${[...new Set(cookies)].join(' | ')}): look at the app's settings of cookies, and at what changes them on the way`;
}

/** A cookie that a browser does not send to the callback. If it sends another, that one may be all that the app needs. */
export function withheldCookie({ hops, withheld }: Pick<SeenOfSignIn, 'hops' | 'withheld'>): string | undefined {
  const callback = wayBack(hops);
  const cookie = withheld.find(({ at }) => at.href === callback?.href);
  return (
    cookie &&
    `browsers do not send the cookie ${cookie.name} to ${cookie.at.pathname}, because ${cookie.why}: look at the app's settings of cookies, and at what changes them on the way`
  );
}

const authorizationIn = (hops: readonly URL[]): URL | undefined =>
  hops.find(({ searchParams }) => searchParams.has('redirect_uri'));

const wayBack = (hops: readonly URL[]): URL | undefined =>
  hops.findLast(
    ({ origin, pathname }) => origin + pathname === authorizationIn(hops)?.searchParams.get('redirect_uri'),
  );

/** A callback without the parameters that a provider adds (RFC 6749 section 4.1.2). */
function lostOnTheWayBack(hops: readonly URL[]): string | undefined {
  const asked = authorizationIn(hops)?.searchParams;
  const back = wayBack(hops);
  if (!asked || !back || back.searchParams.has('error')) return undefined;
  const isSame = asked.get('state') === back.searchParams.get('state');
  const lost = [...(back.searchParams.has('code') ? [] : ['code']), ...(isSame ? [] : ['state'])];
  if (lost.length === 0) return undefined;
  return `the sign-in came back to ${back.pathname} without the ${lost.join(' and the ')} that it should have: look at what changes redirects or queries on the way, such as a rule of the ingress, a firewall or the CDN`;
}
