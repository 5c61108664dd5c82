import type { H3Event } from 'h3';
import type { EndReason } from '../../../environment/session-reasons.ts';
import { logSessionEnd } from './session-log.ts';
import { sessions } from './sessions.ts';

/** Ends a session in the store, which remembers the reason, and logs it once. Throws a 503 when the store refuses. */
export const endWithReason = async (
  event: H3Event,
  { id, entry }: { id: string; entry?: { names?: readonly string[] } },
  reason: EndReason,
): Promise<void> => {
  if (await sessions.remove(id, reason)) logSessionEnd(event, { reason, id, names: entry?.names });
};
