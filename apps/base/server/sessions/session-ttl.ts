/** Lifetime of a session, in seconds: in Redis since its last write, and of its cookie in the browser. 14 days. */
export const sessionTtlSeconds = 1_209_600;
