/** Seconds before its end at which a token is renewed, so that it does not run out on the way to platform-api. */
const margin = 30;

/**
 * Whether an access token is to be renewed now. All times are seconds since the epoch. A token that lives
 * shorter than two minutes is renewed in its last quarter, or it would be due from the start.
 */
export const isRefreshDue = ({ exp, iat }: { exp: number; iat: number }, now: number): boolean =>
  exp - Math.min(margin, Math.max(0, exp - iat) / 4) <= now;
