import { redirectOf, type BrowserExchange } from './exchange.ts';
import { wordsOf } from './words.ts';
import {
  cookieNamesIn,
  cookiesSetBy,
  isAuthorizeRequest,
  isOfPath,
  lifetimeOf,
  wholeName,
  whyRefused,
} from './outcome.ts';
import type { Provider, Site } from './parties.ts';

/** What a recording shows about a sign-in that failed. */
export interface SignInFault {
  /** Of the response to the callback. */
  status: number;
  /** Undefined: it does not show it. */
  cause?: string | undefined;
  next: string;
}

/** Why a callback failed: what the provider said, or what became of the cookies of the request that began it. */
export function signInFaultOf(
  exchanges: readonly BrowserExchange[],
  callback: BrowserExchange,
  { site, provider }: { site: Site; provider: Provider },
): SignInFault {
  const { status = 0, url } = callback;
  const log = `Look at the log of ${site.name} for the callback: its state, the code and the client secret.`;
  const begin = beginningOf(exchanges, callback);
  const asked = begin ? redirectOf(begin) : null;
  const error = /^[a-z_]{3,40}$/.exec(url.searchParams.get('error') ?? '')?.[0];
  // Who asks without showing a form expects to be told that one is needed (OpenID Connect Core section 3.1.2.6).
  if (error && error.endsWith('_required'))
    return {
      status,
      next: `${provider.name} answered "${error}": look whether the sign-in asked without a form (prompt=none).`,
    };
  if (error)
    return {
      status,
      cause: `${provider.name} answered the sign-in with the error "${error}".`,
      next: `Look at the log of ${provider.name} for this sign-in, and at what "${error}" means (RFC 6749 section 4.1.2.1).`,
    };
  if (status === 404)
    return {
      status,
      cause: `nothing answers at ${wordsOf(url.pathname)}, the redirect_uri of the sign-in: 404.`,
      next: `Compare redirect_uri in the settings of ${site.name} with the path of its callback, and what the ingress passes on.`,
    };
  if (!begin) return { status, next: 'Record from the page on at which the sign-in begins.' };
  const attempt = cookiesSetBy(begin.received.getSetCookie()).filter((cookie) => lifetimeOf(cookie, begin.at) > 0);
  const sent = new Set(cookieNamesIn(callback.sent.get('cookie') ?? ''));
  const isLost = attempt.length > 0 && !attempt.some(({ name }) => sent.has(wholeName(name)));
  if (isLost && exchanges.some((each) => each.sent.has('cookie'))) {
    const why = whyNotSent(attempt[0]!, {
      begin,
      callback,
      isOtherSite: asked !== null && siteOf(asked) !== siteOf(callback.url),
    });
    return {
      status,
      cause:
        why && `the browser did not send the callback what ${begin.url.host} had set when the sign-in began: ${why}.`,
      next: `The callback had no cookie of the sign-in. Look at the cookies of the browser, and whether another tab began a sign-in.`,
    };
  }
  const [first, second] = [begin, callback].map(({ received }) => received.get(site.podHeader ?? 'x-served-by'));
  const next =
    first && second && first !== second && status < 500
      ? 'Another pod than the one that began the sign-in answered the callback: look whether it has the state and the verifier of a sign-in in progress, and at its log.'
      : log;
  return { status, next };
}

/** About the registrable domain: hosts that share it are one site for SameSite. */
const siteOf = ({ hostname }: URL): string => hostname.split('.').slice(-2).join('.');

type Cookie = ReturnType<typeof cookiesSetBy>[number];

/** Why a browser keeps a cookie to itself. Undefined: its attributes do not show it. */
function whyNotSent(
  cookie: Cookie,
  { begin, callback, isOtherSite }: { begin: BrowserExchange; callback: BrowserExchange; isOtherSite: boolean },
): string | undefined {
  const reasons: ReadonlyArray<[is: boolean, why: string]> = [
    [
      begin.url.host !== callback.url.host && !cookie.domain,
      `the user came back to another host, ${callback.url.host}`,
    ],
    [!isOfPath(callback.url.pathname, cookie.path ?? '/'), 'its Path is not that of the callback'],
    [lifetimeOf(cookie, begin.at) * 1000 < callback.at - begin.at, 'it had expired'],
    [callback.method === 'POST' && cookie.sameSite !== 'none', 'the way back was a POST, which needs SameSite=None'],
    [isOtherSite && cookie.sameSite === 'strict', 'SameSite=Strict keeps it from the way back of another site'],
  ];
  const refused = whyRefused(cookie, begin.url);
  return refused ? `browsers refuse it, because ${refused}` : reasons.find(([is]) => is)?.[1];
}

/** The response that sent the user to the provider with the same state. */
function beginningOf(exchanges: readonly BrowserExchange[], callback: BrowserExchange): BrowserExchange | undefined {
  const state = callback.url.searchParams.get('state');
  const begun = beginnings.get(exchanges) ?? beginningsIn(exchanges);
  beginnings.set(exchanges, begun);
  const found = state === null ? undefined : begun.get(state);
  return found === callback ? undefined : found;
}

/** Of each recording once: a recording may have thousands of sign-ins. */
const beginnings = new WeakMap<readonly BrowserExchange[], Map<string, BrowserExchange>>();

/** The first response of each state that redirects to the provider. */
function beginningsIn(exchanges: readonly BrowserExchange[]): Map<string, BrowserExchange> {
  const begun = new Map<string, BrowserExchange>();
  for (const each of exchanges) {
    const to = redirectOf(each);
    const state = to && isAuthorizeRequest(to) ? to.searchParams.get('state') : null;
    if (state !== null && !begun.has(state)) begun.set(state, each);
  }
  return begun;
}
