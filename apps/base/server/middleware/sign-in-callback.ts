import type { H3Event } from 'h3';
import { signInPath } from '../../shared/utils/sign-in-path.ts';
import type { SignInFailure } from '../../shared/utils/sign-in-failures.ts';
import { isExpected, redeemCode } from '../nuxt-oidc-auth/redeem-code.ts';
import { hideSession } from '../nuxt-oidc-auth/session.ts';
import { discardSession, endWithReason } from '../sessions/end-session.ts';
import { sessions } from '../sessions/sessions.ts';
import { readSession } from '../sessions/read-session.ts';
import { logSignIn } from '../sessions/session-log.ts';
import { reportUnavailable } from '../sessions/refusal.ts';
import { hideQuery } from '../http/failure.ts';
import { recallPage } from '../http/return-page.ts';
import { routeOf } from '../http/routes.ts';

/** Errors that Authentik may return instead of a code (RFC 6749 section 4.1.2.1). Every other error is `unfinished`. */
const refusals: ReadonlyMap<unknown, SignInFailure> = new Map([
  ['access_denied', 'cancelled'],
  ['server_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
] as const);

/** The failure to show to the user; undefined when the user is signed in, by this callback or before it. */
const failureOf = async (event: H3Event): Promise<SignInFailure | undefined> => {
  const { code, error } = getQuery(event);
  if (!(await isExpected(event))) {
    const { state } = await readSession(event);
    // Of a user who has already signed in, for example in another tab, this callback's code is not needed.
    return state === 'stored' ? undefined : 'unfinished';
  }
  if (error || !code) return refusals.get(error) ?? 'unfinished';
  const previous = await readSession(event);
  // The module would reuse it.
  hideSession(event);
  const result = await redeemCode(event, sessions, (unsent) => discardSession(event, unsent));
  if (typeof result === 'string') return result;
  logSignIn(event, 'signed-in', { id: result.id, names: result.entry.names });
  if (previous.state === 'stored') await endWithReason(event, previous, 'replaced');
  return undefined;
};

/** Runs before nuxt-oidc-auth's callback route. Every failure redirects to the sign-in page, which shows the reason. */
export default defineEventHandler(async (event) => {
  if (routeOf(event).match !== 'callback') return;
  const failure = await reportUnavailable(event, () => failureOf(event)).catch((error: unknown) => {
    hideQuery(event);
    throw error;
  });
  if (failure) logSignIn(event, failure);
  const { callbackRedirectUrl } = useRuntimeConfig().oidc.providers.oidc;
  const state = new URLSearchParams({ state: String(getQuery(event).state) });
  const next = failure ? signInPath({ to: recallPage(event), failed: failure }) : `${callbackRedirectUrl}?${state}`;
  return sendRedirect(event, next, 302);
});
