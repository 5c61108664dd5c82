import type { H3Event } from 'h3';
import type { EndReason } from '../../../environment/session-reasons.ts';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { revokeLater } from './revoke-token.ts';
import { logSessionEnd } from './session-log.ts';
import { sessions } from './sessions.ts';

/**
 * Ends a session in the store, which remembers the reason, logs it once, and revokes its refresh token. Throws a 503
 * when the store refuses.
 */
export const endWithReason = async (
  event: H3Event,
  { id, entry }: { id: string; entry?: SessionEntry },
  reason: EndReason,
): Promise<void> => {
  if (!(await sessions.remove(id, reason))) return;
  logSessionEnd(event, { reason, id, names: entry?.names });
  if (reason !== 'refused') revokeLater(event, entry?.refreshToken, id);
};
