/**
 * Whether a session was idle for longer than its limit. Its tokens are renewed while it is used, so that `iat` says when
 * that was, to within the life of an access token. All times are seconds, `iat` and `now` since the epoch.
 */
export const isIdle = ({ iat }: { iat: number }, limit: number, now: number): boolean => now - iat > limit;
