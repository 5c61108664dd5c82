import type { StoryRequest } from '../../e2e/replays/plan.ts';
import { sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { publicPages } from '../../e2e/models/app.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { podName, revisionName } from '../shared/names-in-headers.ts';
import type { Exchange } from './exchange.ts';
import { rolesOf, type Role } from './hosts.ts';
import { hasSessionCookie, outcomeOf, signedIn, signInFailed, type Outcome } from '../../e2e/replays/outcome.ts';

/** What a recording tells, the oldest first. */
export interface Story {
  requests: readonly StoryRequest[];
  /** Whether the recording has `Set-Cookie`, so that removed cookies can be compared. */
  knowsCookies: boolean;
  /** When Authentik answered the browser with an error, in milliseconds since the first request. */
  authentikFailed: readonly number[];
}

const callback = '/auth/oidc/callback';
const logout = '/auth/oidc/logout';
/** Where the login form of Authentik is sent to. */
const loginFlow = /^\/api\/v3\/flows\/executor\//;
const sessionRoute = '/api/_auth/session';

/** A replay of as many requests takes minutes. */
const mostRequests = 5_000;

/**
 * Finds the story in a recording: sign-ins, calls, pages and sign-outs.
 * @throws HarnessError when no app is in it, or more than can be replayed.
 */
export function storyOf(recorded: readonly Exchange[], map?: ReadonlyMap<string, Role>): Story {
  // A browser records pages without a server, too, such as data: and blob:.
  const exchanges = recorded.filter(({ url }) => /^https?:$/.test(url.protocol));
  const roles = rolesOf(exchanges, map);
  const start = exchanges[0]?.at ?? 0;
  // A sanitized HAR has no cookies at all; a curl command has all that it sends.
  const sendsCookies = exchanges.some(({ sent, status }) => sent.has('cookie') || status === undefined);
  const knowsCookies = exchanges.some(({ received }) => received.has('set-cookie'));
  const ofAuthentik = exchanges.filter(({ url }) => roles.get(url.host) === 'auth');
  const logins = ofAuthentik.filter(({ method, url }) => method === 'POST' && loginFlow.test(url.pathname));
  const callbacks = exchanges.filter(({ url }) => url.pathname === callback);
  const requests = exchanges.flatMap((exchange): StoryRequest[] => {
    const app = roles.get(exchange.url.host);
    if (app === undefined || app === 'auth') return [];
    const kind = kindOf(exchange, app);
    if (!kind) return [];
    const { at, ms, received, sent } = exchange;
    const pod = podName(received.get('x-served-by') ?? '');
    const revision = revisionName(received.get('x-revision') ?? '');
    return [
      {
        at: at - start,
        ms,
        app,
        ...kind,
        ...(pod === undefined ? {} : { pod }),
        ...(revision === undefined ? {} : { revision }),
        ...(kind.does === 'sign in' && logins.some((login) => isOf(login, exchange, callbacks)) ? { asked: true } : {}),
        ...(sendsCookies && !isRedacted(sent) ? { hasCookie: hasSessionCookie(sent.get('cookie') ?? '') } : {}),
        outcome: kind.does === 'sign in' ? endOf(exchange) : outcomeIn(exchange),
      },
    ];
  });
  if (requests.length > mostRequests)
    throw new HarnessError(
      `The recording has ${requests.length} requests of these apps; at most ${mostRequests} are replayed. Record only the failing minutes.`,
    );
  const authentikFailed = ofAuthentik.filter(({ status = 0 }) => status >= 500).map(({ at }) => at - start);
  return { requests, knowsCookies, authentikFailed };
}

/** Whether a form of Authentik belongs to a sign-in: it came after all earlier ones. */
const isOf = (login: Exchange, signIn: Exchange, callbacks: readonly Exchange[]): boolean =>
  login.at <= signIn.at && callbacks.every(({ at }) => at >= signIn.at || at < login.at);

/** As in a trace of this suite: the cookies have no names. */
const isRedacted = (sent: Headers): boolean => sent.get('cookie')?.includes('=') === false;

function kindOf(
  { method, url: { pathname }, status, sent }: Exchange,
  app: AppName,
): Pick<StoryRequest, 'does' | 'path'> | undefined {
  // The browser left before an answer came.
  if (status === 0) return undefined;
  if (pathname === callback) return { does: 'sign in', path: callback };
  if (pathname === logout) return { does: 'sign out', path: logout };
  if (method !== 'GET') return undefined;
  if (pathname === sessionRoute) return { does: 'call', path: sessionRoute };
  const { api, pages } = sessionApp[app];
  if (pathname.startsWith('/api/') && !pathname.startsWith('/api/_'))
    return { does: 'call', path: known(pathname, api) };
  const isPage = sent.get('sec-fetch-dest') === 'document' || sent.get('accept')?.includes('text/html') === true;
  const isPublic = (publicPages as readonly string[]).includes(pathname) || /^\/(?:_|api\/|auth\/)|\./.test(pathname);
  return isPage && !isPublic ? { does: 'open page', path: known(pathname, pages) } : undefined;
}

const known = (path: string, paths: readonly string[]): string => (paths.includes(path) ? path : (paths[0] as string));

function outcomeIn({ status, url, received }: Exchange): Outcome {
  return outcomeOf({
    // Of a curl command: who sends it has seen the 401.
    status: status ?? 401,
    location: received.get('location') ?? undefined,
    setCookies: received.getSetCookie(),
    url,
  });
}

const endOf = ({ url, received }: Exchange): Outcome => {
  const to = URL.parse(received.get('location') ?? '', url);
  return to && to.pathname !== '/sign-in' ? signedIn : signInFailed;
};
