import { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createEvent, isError, type H3Event } from 'h3';
import callback from 'nuxt-oidc-auth/runtime/server/handler/callback.js';
import { getUserSessionId } from 'nuxt-oidc-auth/runtime/server/utils/session.js';
import { inRequest } from '../http/failure.ts';
import type { SignInFailure } from '../../shared/utils/sign-in-failures.ts';
import { labelOf } from '../settings/session-keys.ts';
import { signInSeconds, timeouts } from '../settings/session-times.ts';
import { accessClaims, decrypt, isIssuedTo, type SessionEntry } from './session-entry.ts';
import type { UserSession } from './session.ts';
import { attemptCookie, sessionCookie } from './names.ts';

export interface SignedIn {
  id: string;
  entry: SessionEntry;
}

/** Why the tokens of a sign-in cannot be used. Without these claims the next request would end the session. */
const faultOf = async (entry: SessionEntry, clientId: string): Promise<string | undefined> => {
  if (!(await isIssuedTo(entry, clientId)))
    return `The token endpoint issued tokens to another client than ${clientId}.`;
  const { sub, auth_time } = accessClaims(await decrypt(entry.accessToken));
  return sub && auth_time ? undefined : "Authentik's access token has no sub or no auth_time.";
};

/** Seconds: twice that of fleet/authentik/providers.yaml. */
const longestLifetime = 600;

/** What a sign-in needs of the session store (sessions/session-store.ts). */
export interface SignInStore {
  time(): Promise<number>;
  read(id: string): Promise<SessionEntry | null>;
  endedSince(entry: SessionEntry, since: number): Promise<boolean>;
}

/**
 * Lets nuxt-oidc-auth redeem the code of a callback and create the session, and returns it; or the failure to show to
 * the user when that fails or Authentik takes longer than 4 s. The log has the reason. Throws the errors of the session store.
 *
 * The module gets a separate response that is never sent. So a late result cannot reach the browser, and neither can
 * the redirect to `/` that the module sends for every failure (utils/oidc.js, oidcErrorHandler).
 * @param discard removes a session whose cookie is never sent.
 */
export const redeemCode = async (
  event: H3Event,
  sessions: SignInStore,
  discard: (session: SignedIn) => Promise<void>,
): Promise<SignInFailure | SignedIn> => {
  const answer = new ServerResponse(event.node.req);
  // After its redirect for a failure the module still deletes cookies, which a response that has ended refuses.
  answer.end = () => answer;
  const attempt = createEvent(event.node.req, answer);
  attempt.context = { ...event.context };
  delete attempt.context.sessions;

  const { callbackRedirectUrl, clientId } = useRuntimeConfig().oidc.providers.oidc;
  const redeemed = (async (): Promise<SignInFailure | SignedIn> => {
    const began = await sessions.time();
    try {
      await callback(attempt);
    } catch (error) {
      if (isError(error)) throw error;
      // The module's error when the token endpoint's response contains no tokens.
      console.error(error);
      return 'unavailable';
    }
    if (answer.getHeader('location') !== callbackRedirectUrl) return 'unavailable';
    const id = await getUserSessionId(attempt);
    const entry = await sessions.read(id);
    if (!entry) {
      if ((attempt.context.sessions?.[sessionCookie]?.data as UserSession | undefined)?.canRefresh) {
        console.error('The session store has lost the session of a sign-in.');
        return 'unavailable';
      }
      // Without a refresh token the module stores no session (oidc.js, callbackEventHandler), and the user would be
      // sent to the sign-in again and again.
      console.error('Authentik issued no refresh token: its provider lacks the scope mapping offline_access.');
      return 'misconfigured';
    }
    if (await sessions.endedSince(entry, began)) {
      console.warn('Authentik ended a session during the sign-in. The session is removed.');
      await discard({ id, entry });
      return 'unavailable';
    }
    const fault = await faultOf(entry, clientId);
    if (fault) {
      console.error(fault);
      await discard({ id, entry });
      return 'misconfigured';
    }
    const lifetime = entry.exp - entry.iat;
    if (lifetime > longestLifetime)
      console.warn(
        `Access tokens of Authentik last ${lifetime} s, and the idle limit is only as exact. Apply fleet/authentik/providers.yaml.`,
      );
    return { id, entry };
  })();
  const outcome = await Promise.race([redeemed, delay(timeouts.authentik, 'late' as const, { ref: false })]);
  if (outcome === 'late') {
    console.error(`Authentik did not answer a sign-in within ${timeouts.authentik} ms${inRequest(event)}.`);
    // The abandoned attempt may still store a session.
    const forget = async (result: SignInFailure | SignedIn) => {
      if (typeof result === 'string') return;
      await discard(result);
      console.warn('An abandoned sign-in finished late. Its session is removed.');
    };
    event.waitUntil(redeemed.then(forget).catch(console.error));
    return 'unavailable';
  }
  if (typeof outcome === 'string') return outcome;
  setResponseHeader(event, 'x-session', labelOf(outcome.id));
  for (const cookie of [answer.getHeader('set-cookie') ?? []].flat())
    appendResponseHeader(event, 'set-cookie', String(cookie));
  return outcome;
};

/** Whether a callback is of the sign-in that this browser started (OpenID Connect Core, section 3.1.2.1, `state`). */
export const isExpected = async (event: H3Event): Promise<boolean> => {
  const { state } = getQuery(event);
  if (!state || !getCookie(event, attemptCookie)) return false;
  const { data } = await useSession<{ state?: string }>(event, {
    name: attemptCookie,
    password: process.env.NUXT_OIDC_AUTH_SESSION_SECRET!,
    maxAge: signInSeconds,
  });
  return data.state === state;
};
