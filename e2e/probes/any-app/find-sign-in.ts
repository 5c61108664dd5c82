import { discoveryUrl } from '../../claims/discovery-url.ts';
import type { Live, LiveResponse } from '../../../fleet/engines/live/live.ts';
import { CheckFailed } from '../check.ts';
import { jsonObject } from '../json-object.ts';
import { locationIn } from '../rules/authorization-request.ts';
import { AnsweredInFront } from '../rules/in-front.ts';
import { answersOf, notThere } from '../rules/refusals.ts';
import type { Discovery } from '../rules/discovery.ts';
import type { DescribedApp } from './described-app.ts';

/** Where a path of an app leads. */
export interface FollowedSignIn {
  /** The path whose answer is the last. */
  path: string;
  /** The last answer of the app. */
  answer: LiveResponse;
  /** The authorization request (RFC 6749 section 4.1.1) that it leads to; null: to none. */
  authorize: URL | null;
}

/** How a sign-in of an app begins. */
export type SignInStart = FollowedSignIn & { authorize: URL };

const mostRedirects = 5;
const mostLinks = 10;

/** Follows the redirects of a path inside the app, up to a request to the provider. */
export async function followSignIn(live: Pick<Live, 'get'>, origin: string, path: string): Promise<FollowedSignIn> {
  let url = origin + path;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await live.get(url, { headers: { accept: 'text/html' } });
    // Some libraries redirect with a 200 and a page that does.
    const location = locationIn(answer);
    const isHttp = location !== null && /^https?:$/.test(location.protocol);
    const authorize = isHttp && location.searchParams.has('redirect_uri') ? location : null;
    if (authorize || !isHttp || location.origin !== origin || redirects === mostRedirects)
      return { path: url.slice(origin.length), answer, authorize };
    url = location.href;
  }
}

const begins = (followed: FollowedSignIn): followed is SignInStart => followed.authorize !== null;

/** A sentence about redirects that end at no page; undefined: it is one. */
function leadsAstray({ path, answer }: FollowedSignIn, url: string): string | undefined {
  const to = locationIn(answer);
  if (!to) return undefined;
  const seen = `No sign-in begins: GET ${url}${path.split('?')[0]} was answered ${answer.status} and leads to`;
  return to.origin === url
    ? `${seen} ${to.pathname} after ${mostRedirects} redirects: look at the app's log and at X-Forwarded-Proto, or give the path of its sign-in: --sign-in <path>.`
    : `${seen} ${to.href.split(/[?#]/, 1)[0]}, without a redirect_uri. If a proxy before the app asks for a sign-in of its own, give what it wants by --header; else the path of the app's sign-in: --sign-in <path>.`;
}

/** Links of a page that may begin a sign-in. */
const signInLinks = (body: string): string[] =>
  [...body.matchAll(/(?:href|action)="(\/[^"#]{0,2000})"/g)]
    .map(([, link = '']) => link.replaceAll('&amp;', '&'))
    .filter((link) => /log-?in|sign-?in|oauth|oidc|sso|auth/i.test(link) && !/log-?out|sign-?out|\.\w+$/i.test(link));

/**
 * Where a sign-in of an app begins: the path that it is told, or what `/`, or a link of the page there, leads to.
 * @throws CheckFailed that says what was seen, and what to give.
 */
export async function findSignIn(live: Pick<Live, 'get'>, { url, signIn }: DescribedApp): Promise<SignInStart> {
  const first = await followSignIn(live, url, signIn ?? '/');
  if (begins(first)) return first;
  const { status, body } = first.answer;
  const astray = leadsAstray(first, url);
  if (astray) throw new CheckFailed(astray);
  if (signIn !== undefined)
    throw new CheckFailed(
      notThere([first.answer], '--sign-in') ??
        `No sign-in begins: GET ${url}${signIn} was answered ${status}, and leads to no provider. Look at the app's log.`,
    );
  if (status >= 500)
    throw new CheckFailed(
      `No sign-in begins: GET ${url}${first.path.split('?')[0]} was answered ${answersOf([first.answer])}. Look at the log there.`,
    );
  const broken: string[] = [];
  for (const link of [...new Set(signInLinks(body))].slice(0, mostLinks)) {
    const followed = await followSignIn(live, url, link).catch((error: unknown) => {
      if (!(error instanceof AnsweredInFront)) throw error;
      return error;
    });
    if (followed instanceof AnsweredInFront) {
      broken.push(followed.message.replace(/\.$/, ''));
      continue;
    }
    if (begins(followed)) return followed;
    if (followed.answer.status >= 500) broken.push(`GET ${link} was answered ${followed.answer.status}`);
  }
  if (broken.length > 0) throw new CheckFailed(`No sign-in begins: ${broken.join(', ')}. Look at the app's log.`);
  throw new CheckFailed(
    `No sign-in was found: neither / of ${url} (${status}) nor a link of it leads to a provider. Give its path: --sign-in <path>.`,
  );
}

export interface FoundIssuer {
  url: string;
  document: Discovery;
}

/**
 * The discovery document of the provider that an authorization request leads to. Undefined: none is found.
 * @throws CheckFailed when the provider does not answer.
 */
export async function findIssuer(
  live: Pick<Live, 'get'>,
  { authorize }: SignInStart,
  issuer: string | undefined,
): Promise<FoundIssuer | undefined> {
  const parts = authorize.pathname.split('/').filter(Boolean);
  // Keycloak, Okta and others have it below a part of the path; Authentik below the slug, which is often the client id.
  const bases = parts.map((_, index) => authorize.origin + ['', ...parts.slice(0, index)].join('/'));
  const slug = authorize.searchParams.get('client_id') ?? '';
  const candidates = issuer
    ? [issuer]
    : [...bases.toReversed(), ...(/^[\w-]+$/.test(slug) ? [`${authorize.origin}/application/o/${slug}`] : [])];
  const away: string[] = [];
  for (const url of candidates.map(discoveryUrl)) {
    const { status, body } = await live.get(url);
    if (status >= 500 || status === 429) away.push(`${url} answers ${status}`);
    const document = status === 200 ? (jsonObject(body) as Discovery | undefined) : undefined;
    if (document && (issuer || document.authorization_endpoint === authorize.origin + authorize.pathname))
      return { url, document };
    if (issuer) throw new CheckFailed(`${url} answers ${status}, and is no discovery document: look at the provider.`);
  }
  if (away.length > 0) throw new CheckFailed(`The provider does not answer: ${away.join(', ')}.`);
  return undefined;
}
