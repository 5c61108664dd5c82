import type { H3Event } from 'h3';
import { openCookie, type UserSession } from '../nuxt-oidc-auth/session.ts';
import { accessClaims, isEntry, readable, type SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { labelOf } from '../settings/session-keys.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';
import { sessions } from './sessions.ts';

/**
 * The session of a request, or why it has none. The id is that of the cookie. `unsealed` and `unreadable`: during the
 * rotation of a secret some pods have the other one. `missing`: among others in another pod's memory.
 */
export type StoredSession =
  | { state: 'absent'; reason: SessionReason; id?: string }
  | { state: 'stored'; id: string; user: UserSession; entry: SessionEntry; accessToken: string };

/** The session that a request's cookie identifies. Throws a 503 when the store does not respond. */
export const readSession = async (event: H3Event): Promise<StoredSession> => {
  const opened = await openCookie(event);
  if (typeof opened === 'string') return { state: 'absent', reason: opened };
  const { id, user } = opened;
  setResponseHeader(event, 'x-session', labelOf(id));
  const entry = await sessions.read(id);
  if (!entry) return { state: 'absent', reason: (await sessions.endReason(id)) ?? 'missing', id };
  const accessToken = isEntry(entry) ? await readable(entry.accessToken) : undefined;
  if (accessToken === undefined) return { state: 'absent', reason: 'unreadable', id };
  const sub = user.claims?.['sub'];
  if (sub !== undefined && sub !== accessClaims(accessToken).sub) return { state: 'absent', reason: 'mismatched', id };
  return { state: 'stored', id, user, entry, accessToken };
};
