import { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createEvent, isError, type H3Event } from 'h3';
import callback from 'nuxt-oidc-auth/runtime/server/handler/callback.js';
import { getUserSessionId } from 'nuxt-oidc-auth/runtime/server/utils/session.js';
import type { SignInFailure } from '../../shared/utils/sign-in-failures.ts';
import { sessions } from '../sessions/sessions.ts';
import { isIssuedTo } from './session-entry.ts';

/** Milliseconds for the token endpoint and the key set together; nuxt-oidc-auth sets none for the former. */
const timeout = 4000;

const late = Symbol('late');

/** Removes the session that an abandoned attempt stores at its end. Its cookie is not sent. */
const forget = async (attempt: H3Event): Promise<void> => {
  await sessions.remove(await getUserSessionId(attempt));
  console.warn('A sign-in was given up and came to its end all the same; its session is removed.');
};

/**
 * Lets nuxt-oidc-auth redeem the code of a callback, and opens the session of it. Returns what to tell the person when
 * that fails or takes Authentik longer than 4 s; the log says why. Throws what the session store throws.
 *
 * The module answers a response of its own that goes nowhere, so that what comes too late can no longer reach the
 * browser, and its redirects to `/`, which it answers every failure with (utils/oidc.js, oidcErrorHandler), need not.
 */
export const redeemCode = async (event: H3Event): Promise<SignInFailure | undefined> => {
  const answer = new ServerResponse(event.node.req);
  const attempt = createEvent(event.node.req, answer);
  attempt.context = { ...event.context };
  delete attempt.context.sessions;

  const { callbackRedirectUrl, clientId } = useRuntimeConfig().oidc.providers.oidc;
  const redeemed = (async (): Promise<SignInFailure | undefined> => {
    try {
      await callback(attempt);
    } catch (error) {
      if (isError(error)) throw error;
      // What the module makes of a token endpoint that answers something else than tokens.
      console.error(error);
      return 'unavailable';
    }
    if (answer.getHeader('location') !== callbackRedirectUrl) return 'unavailable';
    const id = await getUserSessionId(attempt);
    const entry = await sessions.read(id);
    if (!entry) {
      // The module keeps no session then (oidc.js, callbackEventHandler), and the person would sign in for ever.
      console.error('Authentik issued no refresh token: its provider lacks the scope mapping offline_access.');
      return 'misconfigured';
    }
    if (await isIssuedTo(entry, clientId)) return undefined;
    console.error(`The token endpoint issued tokens to another client than ${clientId}.`);
    await sessions.remove(id);
    return 'misconfigured';
  })();
  const outcome = await Promise.race([redeemed, delay(timeout, late, { ref: false })]);
  if (outcome === late) {
    console.error(`Authentik did not answer a sign-in within ${timeout} ms.`);
    event.waitUntil(redeemed.then((failed) => (failed ? undefined : forget(attempt))).catch(console.error));
    return 'unavailable';
  }
  if (outcome) return outcome;
  for (const cookie of [answer.getHeader('set-cookie') ?? []].flat())
    appendResponseHeader(event, 'set-cookie', String(cookie));
  return undefined;
};
