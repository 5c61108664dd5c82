import { sessionReasons, type SessionReason } from '../../../apps/environment/session-reasons.ts';

/** The next step when a session cookie was sent and the request is refused for this reason. */
export const nextStepFor = (reason: SessionReason): string =>
  reason === 'none'
    ? 'a session cookie was sent, but the pod received none: check whether a proxy removes it, and whether it is the session cookie of this app'
    : sessionReasons[reason].next;
