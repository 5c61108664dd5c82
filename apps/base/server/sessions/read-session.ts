import type { H3Event } from 'h3';
import { openCookie, type UserSession } from '../nuxt-oidc-auth/session.ts';
import { isReadable, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { sessions } from './sessions.ts';

/**
 * `anonymous`: never signed in, or signed in by a pod with another session secret. `gone`: the cookie is valid, but the
 * store has no usable entry. The user signed out elsewhere, the entry expired, it is in another pod's memory, or it
 * needs another token key.
 */
export type StoredSession =
  { state: 'anonymous' } | { state: 'gone' } | { state: 'stored'; id: string; user: UserSession; entry: SessionEntry };

/** The session that a request's cookie identifies. Throws a 503 when the store does not respond. */
export const readSession = async (event: H3Event): Promise<StoredSession> => {
  const opened = await openCookie(event);
  if (!opened) return { state: 'anonymous' };
  const { id, user } = opened;
  const entry = await sessions.read(id);
  return entry && (await isReadable(entry)) ? { state: 'stored', id, user, entry } : { state: 'gone' };
};
