import { textOf } from '../../../tokens/src/text-of.ts';
import { refreshTimes } from '../settings/session-times.ts';
import { errorCode, parseObject, tokenBytes } from '../authentik/token-endpoint.ts';

/**
 * `fetch` for the whole app, which changes the requests of nuxt-oidc-auth to the token endpoint (oidc.js,
 * callbackEventHandler). The module follows redirects, so another host would receive the code and its verifier; it waits
 * and reads without a limit; and it logs the description of an error with its line ends.
 */
export const guardedFetch =
  (tokenUrl: string, fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    // The app's own requests have these limits already (authentik/token-endpoint.ts).
    if (input !== tokenUrl || init?.redirect === 'manual') return fetch(input, init);
    const response = await fetch(input, {
      ...init,
      redirect: 'manual',
      // A late answer is still needed: its tokens are revoked (redeem-code.ts).
      signal: AbortSignal.timeout(refreshTimes.answer),
    });
    const text = await textOf(response, tokenBytes);
    if (response.ok) return new Response(text, response);
    const { error } = parseObject(text);
    // A redirect would be no error for the module.
    return Response.json({ error: errorCode(error) }, { status: response.status < 400 ? 502 : response.status });
  };
