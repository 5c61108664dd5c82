import { cookieNamesIn, cookiesSetBy, lifetimeOf, wholeName } from './cookies.ts';
import { isDocument, redirectOf, type BrowserExchange } from './exchange.ts';
import { isAuthorizeRequest } from './outcome.ts';
import type { Advice, Provider, Site } from './parties.ts';
import { likely, unknown, type Verdict } from './verdict.ts';
import { wordsOf } from './words.ts';

/** Why a callback failed: what the provider said, or that it lacks the cookies of the request that began the sign-in. */
export function failedSignIn(
  exchanges: readonly BrowserExchange[],
  callback: BrowserExchange,
  {
    site: { name },
    provider,
    failures,
    log,
  }: Pick<Advice, 'failures'> & { site: Site; provider: Provider; log: string },
): Verdict {
  const { status = 0, url, sent } = callback;
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
  const failed = redirectOf(callback)?.searchParams.get('failed') ?? '';
  const isNamed = Object.hasOwn(failures, failed);
  const all = isNamed ? [said, `The app led back to its sign-in page with failed=${failed}.`] : [said];
  const next = isNamed ? `Where to look: ${failures[failed]?.(name)}.` : undefined;
  const state = url.searchParams.get('state');
  const begin = exchanges.slice(0, exchanges.indexOf(callback)).find((each) => {
    const to = redirectOf(each);
    return state !== null && to && isAuthorizeRequest(to) && to.searchParams.get('state') === state;
  });
  if (!begin) return unknown(all, next ?? 'Record from the page on at which the sign-in begins.', log);
  const attempts = cookiesSetBy(begin.received.getSetCookie()).filter((each) => lifetimeOf(each, begin.at) > 0);
  const names = cookieNamesIn(sent.get('cookie') ?? '');
  const isLost = attempts.length > 0 && !attempts.some((each) => names.includes(wholeName(each.name)));
  return isLost && exchanges.some((each) => each.sent.has('cookie'))
    ? likely(
        [`the browser did not send the callback what ${begin.url.host} had set when the sign-in began.`, said],
        `Compare its Domain, Path, Max-Age and SameSite with the way back to ${url.host}: a POST of another site needs SameSite=None. Or another tab began a sign-in.`,
      )
    : unknown(all, next ?? nextFor(status, name, provider.name), log);
}

const nextFor = (status: number, app: string, provider: string): string =>
  status >= 500
    ? `Look whether a pod of ${app} was ready then, and at the log for the callback: whether the token endpoint of ${provider} and the session store answered, and the client secret.`
    : `Look at the log of ${app} for the callback: its state, the code and the client secret, and whether the pod has the state of a sign-in that another one began.`;

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
  const says = `the sign-in of ${site.name} led to ${lost.url.host}, which ${answer}.`;
  if ((lost.status ?? 0) >= 500 || lost.status === 429)
    return likely(
      [says],
      `Look whether ${provider.name} ran then, at its log, and at the limits of what is before it.`,
    );
  return likely(
    [says],
    `Compare the issuer, the client and the redirect URI in the settings of ${site.name} with ${provider.name}, and look at its log.`,
  );
}
