import type { H3Event } from 'h3';
import { signInPath } from '../../shared/utils/sign-in-path.ts';
import type { SignInFailure } from '../../shared/utils/sign-in-failures.ts';
import { dropCookie } from '../lib/drop-cookie.ts';
import { readSession, sessionCookie } from '../lib/read-session.ts';
import { redeemCode } from '../lib/redeem-code.ts';
import { recallPage } from '../lib/return-cookie.ts';
import { asked } from '../lib/routes.ts';
import { sessions } from '../lib/sessions.ts';

/** Name that nuxt-oidc-auth gives the cookie with state and PKCE verifier of a sign-in (oidc.js, useAuthSession). */
const attemptCookie = 'oidc';

/** What Authentik may answer instead of a code (RFC 6749 section 4.1.2.1); everything else is `unfinished`. */
const refusals: ReadonlyMap<unknown, SignInFailure> = new Map([
  ['access_denied', 'cancelled'],
  ['server_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
] as const);

/**
 * Whether a callback answers the sign-in that this browser began. nuxt-oidc-auth 0.18 notices that it does not, but goes
 * on and redeems the code all the same (oidc.js, callbackEventHandler: `oidcErrorHandler` without return).
 */
const isExpected = async (event: H3Event): Promise<boolean> => {
  const { state } = getQuery(event);
  if (!state || !getCookie(event, attemptCookie)) return false;
  const password = process.env.NUXT_OIDC_AUTH_SESSION_SECRET!;
  const { data } = await useSession<{ state?: string }>(event, { name: attemptCookie, password, maxAge: 300 });
  return data.state === state;
};

/**
 * Takes the session that a browser still has out of the sight of this request, and returns its id. The module would
 * reuse that id for the next person and mix its old data with the new (session.js, setUserSession).
 */
const hidePreviousSession = async (event: H3Event): Promise<string | undefined> => {
  const previous = await readSession(event);
  delete event.context.sessions?.[sessionCookie];
  dropCookie(event, sessionCookie);
  return previous.state === 'stored' ? previous.id : undefined;
};

/** In another tab, for one: then the code of this one is of no use, and none is needed. */
const isSignedIn = async (event: H3Event): Promise<boolean> => (await readSession(event)).state === 'stored';

const failureOf = async (event: H3Event): Promise<SignInFailure | undefined> => {
  const { code, error } = getQuery(event);
  if (!(await isExpected(event))) return (await isSignedIn(event)) ? undefined : 'unfinished';
  if (error || !code) return refusals.get(error) ?? 'unfinished';
  const previous = await hidePreviousSession(event);
  const failed = await redeemCode(event);
  if (!failed && previous !== undefined) await sessions.remove(previous);
  return failed;
};

/** Goes before nuxt-oidc-auth's callback route: every failure leads to the sign-in page, which says what it was. */
export default defineEventHandler(async (event) => {
  if (asked(event).asks !== 'callback') return;
  const failed = await failureOf(event);
  const { callbackRedirectUrl } = useRuntimeConfig().oidc.providers.oidc;
  const next = failed ? signInPath({ to: recallPage(event), failed }) : callbackRedirectUrl;
  return sendRedirect(event, next ?? '/', 302);
});
