/**
 * Whether a session was idle for longer than its limit. Tokens are renewed while the session is used, so `iat` is the
 * time of last use, accurate to one access token lifetime. All times are seconds, `iat` and `now` since the epoch.
 */
export const isIdle = ({ iat }: { iat: number }, limit: number, now: number): boolean => now - iat > limit;
