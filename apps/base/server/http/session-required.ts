import type { H3Event } from 'h3';
import { logNoSession } from '../sessions/session-log.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';

/** Records why a request is refused, and tells the client (docs/decisions/0036). */
export const refuse = (event: H3Event, reason: SessionReason, id?: string): void => {
  setResponseHeader(event, 'x-session-reason', reason);
  logNoSession(event, reason, id);
};
