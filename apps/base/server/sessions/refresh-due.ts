/** Seconds before expiry at which a token is renewed, so that it does not expire on the way to platform-api. */
const margin = 30;

/**
 * Whether an access token must be renewed now. All times are seconds since the epoch. A token with a lifetime below two
 * minutes is renewed in its last quarter; otherwise it would be due from the start.
 */
export const isRefreshDue = ({ exp, iat }: { exp: number; iat: number }, now: number): boolean =>
  exp - Math.min(margin, Math.max(0, exp - iat) / 4) <= now;
