import { unsealSession, type H3Event, type SessionConfig } from 'h3';
import type { UserSession } from 'nuxt-oidc-auth/runtime/types.js';
import { nameInBrowsers } from './host-cookies.ts';
import { sessionCookie } from './names.ts';
import { accessClaims } from './session-entry.ts';
import { isHalfOver } from '../settings/session-times.ts';

export type { UserSession };

/** How the module seals and opens the session cookie (session.js, `_useSession`). */
export const sessionConfig = (event: H3Event): SessionConfig => ({
  ...(useRuntimeConfig(event).oidc.session as Partial<SessionConfig>),
  name: sessionCookie,
  password: process.env.NUXT_OIDC_SESSION_SECRET!,
});

/**
 * The session in a request's cookie. `none`: there is no cookie, or it is one of nobody. `unsealed`: this pod cannot open
 * it. It does not read the store.
 */
export const openCookie = async (event: H3Event): Promise<{ id: string; user: UserSession } | 'none' | 'unsealed'> => {
  const cookie = getCookie(event, sessionCookie);
  const config = sessionConfig(event);
  // Without a usable cookie h3 would start a session and send a new cookie. That would replace a cookie that another
  // pod can still open: during a secret rotation some pods have the other secret.
  if (!cookie) return 'none';
  const canOpen = await unsealSession(event, config, cookie).then(Boolean, () => false);
  if (!canOpen) return 'unsealed';
  const { id, data } = await useSession<UserSession>(event, config);
  return id && data.provider ? { id, user: data } : 'none';
};

/**
 * Hides the session from the rest of a request, and from requests that the server makes for it. The browser keeps its
 * cookie. The header is cut, not parsed, so that the other cookies stay unchanged.
 */
export const hideSession = (event: H3Event): void => {
  delete event.context.sessions?.[sessionCookie];
  const { headers } = event.node.req;
  const names = [sessionCookie, nameInBrowsers(sessionCookie)];
  const kept = headers.cookie?.split(/;\s*/).filter((pair) => !names.some((name) => pair.startsWith(`${name}=`)));
  if (kept) headers.cookie = kept.join('; ');
};

/**
 * Tells the rest of a request the user's names, from the access token. They are not in the cookie, so this comes after
 * all that may seal it.
 */
export const nameUser = (event: H3Event, accessToken: string): void => {
  const { name, email, preferred_username } = accessClaims(accessToken);
  const data = event.context.sessions?.[sessionCookie]?.data as UserSession | undefined;
  if (data) data.claims = { name, email, preferred_username };
};

/**
 * Restarts the 14-day lifetime of a session's cookie once half of it has passed. h3 counts the lifetime from the
 * sign-in, even when the cookie is sealed again (session.ts, unsealSession). The lifetime in Redis restarts with every
 * renewal of the tokens.
 */
export const renewCookie = async (event: H3Event): Promise<void> => {
  const session = event.context.sessions?.[sessionCookie];
  if (!session || !isHalfOver(session.createdAt, Date.now())) return;
  session.createdAt = Date.now();
  await updateSession(event, sessionConfig(event));
};
