import type { H3Event } from 'h3';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { logSessionEnd } from './session-log.ts';
import type { EndReason } from '../../../environment/session-reasons.ts';
import { sessions } from './sessions.ts';

/** Ends a session in the store, which remembers the reason. Throws a 503 when the store refuses. */
export const endWithReason = async (
  event: H3Event,
  { id, entry }: { id: string; entry: SessionEntry },
  reason: EndReason,
): Promise<void> => {
  await sessions.remove(id, reason);
  logSessionEnd(event, { reason, id, names: entry.names });
};
