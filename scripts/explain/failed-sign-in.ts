import { cookieNamesIn, cookieSetOf, cookiesSetBy, lifetimeOf, whyNotSent, wholeName } from './cookies.ts';
import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { isAuthorizeRequest } from './outcome.ts';
import type { Provider, Site } from './parties.ts';
import { likely, unknown, type Verdict } from './verdict.ts';
import { wordsOf } from './words.ts';

/** About the registrable domain: hosts that share it are one site for SameSite. */
const siteOf = ({ hostname }: URL): string => hostname.split('.').slice(-2).join('.');

/** Why a callback failed: what the provider said, or what became of the cookies of the request that began the sign-in. */
export function failedSignIn(
  exchanges: readonly BrowserExchange[],
  callback: BrowserExchange,
  { site: { name }, provider, log }: { site: Site; provider: Provider; log: string },
): Verdict {
  const { status = 0, url, at, method, sent } = callback;
  const said = `The sign-in to ${name} was answered ${status}.`;
  const error = /^[a-z_]{3,40}$/.exec(url.searchParams.get('error') ?? '')?.[0];
  if (error)
    return likely(
      [`${provider.name} answered the sign-in with the error "${error}".`, said],
      `Look at the log of ${provider.name} for this sign-in, and at what "${error}" means (RFC 6749 section 4.1.2.1). With "…_required": whether it asked without a form (prompt=none).`,
    );
  if (status === 404)
    return likely(
      [`nothing answers at ${wordsOf(url.pathname)}, the redirect_uri of the sign-in: 404.`],
      `Compare redirect_uri in the settings of ${name} with the path of its callback, and what the ingress passes on.`,
    );
  const state = url.searchParams.get('state');
  const begin = exchanges.slice(0, exchanges.indexOf(callback)).find((each) => {
    const to = redirectOf(each);
    return state !== null && to && isAuthorizeRequest(to) && to.searchParams.get('state') === state;
  });
  if (!begin) return unknown([said], 'Record from the page on at which the sign-in begins.', log);
  const [attempt, ...others] = cookiesSetBy(begin.received.getSetCookie()).filter(
    (cookie) => lifetimeOf(cookie, begin.at) > 0,
  );
  const names = cookieNamesIn(sent.get('cookie') ?? '');
  const isSent = [attempt, ...others].some((cookie) => cookie && names.includes(wholeName(cookie.name)));
  if (!attempt || isSent || !exchanges.some((each) => each.sent.has('cookie')))
    return unknown(
      [said],
      `Look at the log of ${name} for the callback: its state, the code and the client secret, and whether the pod has the state of a sign-in that another one began.`,
      log,
    );
  const why = whyNotSent(cookieSetOf(attempt, { url: begin.url, now: begin.at }), {
    host: url.host,
    path: wordsOf(url.pathname),
    seconds: (at - begin.at) / 1000,
    method,
    isFromOtherSite: siteOf(redirectOf(begin)!) !== siteOf(url),
  });
  const next =
    'The callback had no cookie of the sign-in. Look at the cookies of the browser, and whether another tab began a sign-in.';
  return why
    ? likely([`the browser did not send the callback what ${begin.url.host} had set when it began: ${why}.`, said], next)
    : unknown([said], next, log);
}

/** An authorize request that was answered with an error, or not at all, while nobody signed in. */
export function lostSignIn(
  exchanges: readonly BrowserExchange[],
  sites: readonly Site[],
  provider: Provider,
): Verdict | undefined {
  const lost = exchanges.find(
    (each) => isAuthorizeRequest(each.url) && isDocument(each) && (each.failure ?? (each.status ?? 0) >= 400),
  );
  const back = URL.parse(lost?.url.searchParams.get('redirect_uri') ?? '');
  const site = sites.find(({ hosts }) => back && hosts.has(back.host));
  if (!lost || !site) return undefined;
  const answer = lost.failure ? `gave no answer (${lost.failure})` : `answered ${lost.status}`;
  return likely(
    [`the sign-in of ${site.name} led to ${lost.url.host}, which ${answer}.`],
    `Compare the issuer, the client and the redirect URI in the settings of ${site.name} with ${provider.name}, and look at its log.`,
  );
}
