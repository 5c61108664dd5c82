import type { RefreshOutcome } from './refresh-session.ts';
import { refreshTimes } from '../settings/session-times.ts';

export type Unavailable = Extract<RefreshOutcome, { outcome: 'unavailable' }>;

/** Recent failures by session id. The next refresh gets the same result without a request to Authentik. */
export const recentFailures = new Map<string, Unavailable>();

/** Keeps a failure for 2 s, or for the time in `Retry-After` up to 10 s. */
export const rememberFailure = (id: string, failure: Unavailable): void => {
  const { least, most } = refreshTimes.pause;
  recentFailures.set(id, failure);
  const pause = Math.min(most, Math.max(least, failure.retryAfterMs ?? 0));
  setTimeout(() => recentFailures.delete(id), pause).unref();
};
