import type { H3Event } from 'h3';
import { attemptCookie, attemptSeconds } from './names.ts';

/**
 * Whether a callback belongs to the sign-in that this browser started (OpenID Connect Core, section 3.1.2.1, `state`).
 */
export const isExpected = async (event: H3Event): Promise<boolean> => {
  const { state } = getQuery(event);
  if (!state || !getCookie(event, attemptCookie)) return false;
  const password = process.env.NUXT_OIDC_AUTH_SESSION_SECRET!;
  const { data } = await useSession<{ state?: string }>(event, {
    name: attemptCookie,
    password,
    maxAge: attemptSeconds,
  });
  return data.state === state;
};
