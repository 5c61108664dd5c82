import type { Live, LiveResponse } from '../../../fleet/engines/live/live.ts';
import { CheckFailed } from '../check.ts';
import type { Discovery } from '../rules/discovery.ts';
import type { DescribedApp } from './described-app.ts';

/** How a sign-in of an app begins. */
export interface SignInStart {
  /** The path that redirects to the provider. */
  path: string;
  /** The authorization request (RFC 6749 section 4.1.1). */
  authorize: URL;
  /** The answer of the app that redirects there. */
  answer: LiveResponse;
}

const mostRedirects = 5;
const mostLinks = 10;

/** Where an answer redirects. */
export const locationIn = ({ url, headers: { location } }: Pick<LiveResponse, 'url' | 'headers'>): URL | null =>
  location === undefined ? null : URL.parse(location, url);

/** The request to the provider that a path of the app leads to. Undefined: it leads to none. */
export async function followSignIn(
  live: Pick<Live, 'get'>,
  origin: string,
  path: string,
): Promise<SignInStart | undefined> {
  let url = origin + path;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const answer = await live.get(url, { headers: { accept: 'text/html' } });
    const location = locationIn(answer);
    // Some libraries redirect with a 200 and a page that does.
    if (!location) return undefined;
    if (location.searchParams.has('redirect_uri'))
      return { path: url.slice(origin.length), authorize: location, answer };
    if (location.origin !== origin) return undefined;
    url = location.href;
  }
  return undefined;
}

/** Links of a page that may begin a sign-in. */
const signInLinks = (body: string): string[] =>
  [...body.matchAll(/(?:href|action)="(\/[^"#]*)"/g)]
    .map(([, link = '']) => link.replaceAll('&amp;', '&'))
    .filter((link) => /log-?in|sign-?in|oauth|oidc|sso|auth/i.test(link) && !/log-?out|sign-?out|\.\w+$/i.test(link));

/**
 * Where a sign-in of an app begins: the path that it is told, or what `/`, or a link of the page there, leads to.
 * @throws CheckFailed that says what was seen, and what to give.
 */
export async function findSignIn(live: Pick<Live, 'get'>, { url, signIn }: DescribedApp): Promise<SignInStart> {
  const found = await followSignIn(live, url, signIn ?? '/');
  if (found) return found;
  if (signIn !== undefined)
    throw new CheckFailed(
      `${url}${signIn} leads to no provider: no redirect of it has a redirect_uri. Look at the app's log.`,
    );
  let page = await live.get(url, { headers: { accept: 'text/html' } });
  const location = locationIn(page);
  if (location?.origin === url) page = await live.get(location.href);
  for (const link of [...new Set(signInLinks(page.body))].slice(0, mostLinks)) {
    const start = await followSignIn(live, url, link);
    if (start) return start;
  }
  throw new CheckFailed(
    `No sign-in was found: neither / of ${url} (${page.status}) nor a link of it leads to a provider. Give its path: --sign-in <path>.`,
  );
}

export interface FoundIssuer {
  url: string;
  document: Discovery;
}

/** The discovery document of the provider that an authorization request leads to. Undefined: none is found. */
export async function findIssuer(
  live: Pick<Live, 'get'>,
  { authorize }: SignInStart,
  issuer: string | undefined,
): Promise<FoundIssuer | undefined> {
  const wellKnown = (base: string): string => `${base.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const parts = authorize.pathname.split('/').filter(Boolean);
  // Keycloak, Okta and others have it below a part of the path; Authentik below the slug, which is often the client id.
  const bases = parts.map((_, index) => authorize.origin + ['', ...parts.slice(0, index)].join('/'));
  const slug = authorize.searchParams.get('client_id') ?? '';
  const candidates = issuer
    ? [issuer]
    : [...bases.toReversed(), ...(/^[\w-]+$/.test(slug) ? [`${authorize.origin}/application/o/${slug}`] : [])];
  for (const url of candidates.map(wellKnown)) {
    const { status, body } = await live.get(url);
    if (status !== 200) continue;
    try {
      const document = JSON.parse(body) as Discovery;
      if (issuer || document.authorization_endpoint === authorize.origin + authorize.pathname) return { url, document };
    } catch {
      // A page of the provider.
    }
  }
  return undefined;
}

/** Values that must differ from one sign-in to the next (RFC 6749 section 10.12, RFC 7636 section 4.1). */
export const repeatedValues = (one: URL | null, other: URL | null): string[] =>
  ['state', 'code_challenge'].filter(
    (parameter) => one?.searchParams.get(parameter) === other?.searchParams.get(parameter),
  );
