import type { H3Event } from 'h3';
import { reasonOf } from '../http/failure.ts';
import { logNoSession } from './session-log.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';

/** Runs work that reads, writes or renews a session. A 503 that it throws is logged and sent with its reason. */
export const reportUnavailable = <Result>(event: H3Event, work: () => Promise<Result>): Promise<Result> =>
  work().catch((error: unknown) => {
    const reason = reasonOf(error);
    if (reason) refuse(event, reason);
    throw error;
  });

/** Records why a request is refused, and tells the client (docs/decisions/0036). */
export const refuse = (event: H3Event, reason: SessionReason, id?: string): void => {
  setResponseHeader(event, 'x-session-reason', reason);
  logNoSession(event, reason, id);
};
