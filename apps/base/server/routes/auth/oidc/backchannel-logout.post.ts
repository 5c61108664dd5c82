import { LogoutTokenRefused, verifyLogoutToken } from '../../../../../tokens/src/logout-token.ts';
import { endSessions, sharedSigningKeys } from '../../../back-channel/end-sessions.ts';
import { formBody } from '../../../http/body.ts';
import { linesSince, logSessionEnd } from '../../../sessions/session-log.ts';
import { namesOf } from '../../../settings/session-keys.ts';
import { sessions } from '../../../sessions/sessions.ts';

/**
 * The back-channel logout endpoint (OpenID Connect Back-Channel Logout 1.0). 200: the sessions are ended on every pod,
 * or there were none. 400: the token was refused, or the sessions could not be ended; Authentik retries.
 */
export default defineEventHandler(async (event) => {
  const { clientId, openIdConfiguration } = useRuntimeConfig(event).oidc.providers.oidc;
  const { issuer, jwks_uri: keys } = openIdConfiguration as { issuer: string; jwks_uri: string };
  const [token, ...others] = (await formBody(event)).getAll('logout_token');
  try {
    if (token === undefined || others.length > 0) throw new LogoutTokenRefused('the form must have one logout_token');
    const logout = await verifyLogoutToken(token, { issuer, clientId }, sharedSigningKeys(keys));
    await endSessions(logout, sessions, (ids) => {
      for (const id of ids) logSessionEnd(event, { reason: 'back-channel', id, names: namesOf(logout) });
    });
    return '';
  } catch (error) {
    const refused = error instanceof LogoutTokenRefused;
    const line = `A back-channel logout ${refused ? 'was refused' : 'failed'}: ${(error as Error).message}`;
    // Anybody can send a token that is refused.
    if (linesSince(line) !== undefined) console.warn(line);
    setResponseStatus(event, 400);
    return {
      error: refused ? 'invalid_request' : 'temporarily_unavailable',
      error_description: refused ? `The logout token is refused: ${error.message}.` : 'Please try again in a moment.',
    };
  }
});
