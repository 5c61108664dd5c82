import { unsealSession, type H3Event, type SessionConfig } from 'h3';
import type { UserSession } from 'nuxt-oidc-auth/runtime/types.js';
import { isReadable, type SessionEntry } from './session-entry.ts';
import { sessions } from './sessions.ts';

/** Name that nuxt-oidc-auth gives its session and the cookie of it (session.js, `sessionName`); see host-cookies.ts. */
export const sessionCookie = 'nuxt-oidc-auth';

/**
 * `anonymous`: never signed in, or by a pod with another session secret. `gone`: the cookie is sound, but the store has no
 * entry: signed out elsewhere, expired, kept by another pod's memory; or one that only another token key opens. nuxt-oidc-auth 0.18 takes such a visitor for signed in (session.js, getUserSession).
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

/** False while a secret is being changed and some pods have the other one. */
const isSealedWith = (event: H3Event, config: SessionConfig, cookie: string): Promise<boolean> =>
  unsealSession(event, config, cookie).then(
    () => true,
    () => false,
  );

/** The session that a request's cookie names. Throws a 503 when the store does not answer. */
export const readSession = async (event: H3Event): Promise<StoredSession> => {
  const cookie = getCookie(event, sessionCookie);
  const config = sessionConfig(event);
  // Without a cookie h3 would start a session and send one; also in place of one that another pod can still open.
  if (!cookie || !(await isSealedWith(event, config, cookie))) return { state: 'anonymous' };
  const { id, data } = await useSession<UserSession>(event, config);
  if (!id || !data.provider) return { state: 'anonymous' };
  const entry = await sessions.read(id);
  return entry && (await isReadable(entry)) ? { state: 'stored', id, user: data, entry } : { state: 'gone', id };
};
