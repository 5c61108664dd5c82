import type { RefreshOutcome } from './refresh-session.ts';
import { refreshTimes } from './session-times.ts';

export type Unavailable = Extract<RefreshOutcome, { outcome: 'unavailable' }>;

/** By session. While a failure is recent it is the result of the next refresh, too, without a request to Authentik. */
export const recentFailures = new Map<string, Unavailable>();

/** Remembers a failure for 2 s, or for as long as Authentik asks (`Retry-After`), but not for more than 10 s. */
export const rememberFailure = (id: string, failure: Unavailable): void => {
  const { least, most } = refreshTimes.pause;
  recentFailures.set(id, failure);
  const pause = Math.min(most, Math.max(least, failure.retryAfterMs ?? 0));
  setTimeout(() => recentFailures.delete(id), pause).unref();
};
