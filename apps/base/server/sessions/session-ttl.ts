/** Seconds a session lives in Redis after it was last written, and its cookie in the browser: 14 days. */
export const sessionTtlSeconds = 1_209_600;
