import { redirectOf, type BrowserExchange } from './exchange.ts';
import { cookieNamesIn, cookiesSetBy, isAuthorizeRequest, isOfPath, lifetimeOf, whyRefused } from './outcome.ts';
import type { Provider, Site } from './parties.ts';

/** What a recording shows about a sign-in that failed. */
export interface SignInFault {
  /** Undefined: it does not show it. */
  cause: string | undefined;
  next: string;
}

/** Why a callback failed: what the provider said, or what became of the cookies of the request that began it. */
export function signInFaultOf(
  exchanges: readonly BrowserExchange[],
  callback: BrowserExchange,
  { site, provider }: { site: Site; provider: Provider },
): SignInFault {
  const error = /^[a-z_]{3,40}$/.exec(callback.url.searchParams.get('error') ?? '')?.[0];
  if (error)
    return {
      cause: `${provider.name} answered the sign-in with the error "${error}".`,
      next: `Look at the log of ${provider.name} for this sign-in, and at what "${error}" means (RFC 6749 section 4.1.2.1).`,
    };
  const begin = beginningOf(exchanges, callback);
  if (!begin) return { cause: undefined, next: 'Record from the page on at which the sign-in begins.' };
  const sent = callback.sent.has('cookie') ? cookieNamesIn(callback.sent.get('cookie')!) : undefined;
  const attempt = cookiesSetBy(begin.received.getSetCookie()).filter((cookie) => lifetimeOf(cookie, begin.at) > 0);
  const lost = attempt.filter(({ name }) => !sent?.includes(name) && !sent?.includes(name.replace(/\.\d+$/, '')));
  const knows = sent !== undefined || exchanges.some((each) => each.sent.has('cookie'));
  const [cookie] = lost;
  if (cookie && knows && lost.length === attempt.length) {
    const name = `the cookie of the sign-in that ${begin.url.host} had set`;
    const refused = whyRefused(cookie, begin.url);
    const why = refused
      ? `browsers refuse it: ${refused}`
      : begin.url.host !== callback.url.host && !cookie.domain
        ? `it was sent back to another host, ${callback.url.host}`
        : !isOfPath(callback.url.pathname, cookie.path ?? '/')
          ? 'its Path is not that of the callback'
          : lifetimeOf(cookie, begin.at) * 1000 < callback.at - begin.at
            ? 'it had expired'
            : callback.method === 'POST' && cookie.sameSite !== 'none'
              ? 'the provider sent the user back with a POST, which needs SameSite=None'
              : cookie.sameSite === 'strict'
                ? 'SameSite=Strict keeps it from the way back of another site'
                : undefined;
    return {
      cause: why && `The browser did not send ${name} to the callback, because ${why}.`,
      next: `The callback had not ${name}. Look at the cookies of the browser, and whether another tab began a sign-in.`,
    };
  }
  const pods = [begin, callback].map(({ received }) => (site.podHeader ? received.get(site.podHeader) : null));
  const differ = pods[0] && pods[1] && pods[0] !== pods[1];
  return {
    cause: undefined,
    next: differ
      ? 'Another pod than the one that began the sign-in answered the callback: look whether both have what a sign-in in progress needs (state and verifier), and the log of the second.'
      : `Look at the log of ${site.name} for the callback: its state, the code and the client secret.`,
  };
}

/** The response that sent the user to the provider with the same state. */
function beginningOf(exchanges: readonly BrowserExchange[], callback: BrowserExchange): BrowserExchange | undefined {
  const state = callback.url.searchParams.get('state');
  return exchanges.find((each) => {
    const to = redirectOf(each);
    return (
      each !== callback && to && isAuthorizeRequest(to) && state !== null && to.searchParams.get('state') === state
    );
  });
}
