import type { H3Event, SessionConfig } from 'h3';
import type { UserSession } from 'nuxt-oidc-auth/runtime/types.js';
import type { SessionEntry } from './session-entry.ts';
import { sessions } from './sessions.ts';

/** Name that nuxt-oidc-auth gives its session and the cookie of it (session.js, `sessionName`); see host-cookies.ts. */
export const sessionCookie = 'nuxt-oidc-auth';

/**
 * `anonymous`: never signed in. `gone`: the cookie is sound, but the store has no entry: signed out elsewhere, expired,
 * or kept by another pod's memory. nuxt-oidc-auth 0.18 takes such a visitor for signed in (session.js, getUserSession).
 */
export type StoredSession =
  | { state: 'anonymous' }
  | { state: 'gone'; id: string }
  | { state: 'stored'; id: string; user: UserSession; entry: SessionEntry };

/** How nuxt-oidc-auth seals and opens that cookie (session.js, _useSession). */
export const sessionConfig = (event: H3Event): SessionConfig => ({
  ...(useRuntimeConfig(event).oidc.session as Partial<SessionConfig>),
  name: sessionCookie,
  password: process.env.NUXT_OIDC_SESSION_SECRET!,
});

/** The session that a request's cookie names. Throws a 503 when the store does not answer. */
export const readSession = async (event: H3Event): Promise<StoredSession> => {
  // Without a cookie h3 would start a session and send one.
  if (!getCookie(event, sessionCookie)) return { state: 'anonymous' };
  const { id, data } = await useSession<UserSession>(event, sessionConfig(event));
  if (!id || !data.provider) return { state: 'anonymous' };
  const entry = await sessions.read(id);
  return entry ? { state: 'stored', id, user: data, entry } : { state: 'gone', id };
};
