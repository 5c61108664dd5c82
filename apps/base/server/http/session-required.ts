import type { H3Event } from 'h3';
import { isStoreUnavailable } from './failure.ts';
import { logNoSession } from '../sessions/session-log.ts';
import type { SessionReason } from '../../../environment/session-reasons.ts';

/** Runs work that reads or writes a session; its 503 says that the store is unavailable. */
export const sayingStoreUnavailable = <Result>(event: H3Event, work: () => Promise<Result>): Promise<Result> =>
  work().catch((error: unknown) => {
    if (isStoreUnavailable(error)) refuse(event, 'store-unavailable');
    throw error;
  });

/** Records why a request is refused, and tells the client (docs/decisions/0036). */
export const refuse = (event: H3Event, reason: SessionReason, id?: string): void => {
  setResponseHeader(event, 'x-session-reason', reason);
  logNoSession(event, reason, id);
};
