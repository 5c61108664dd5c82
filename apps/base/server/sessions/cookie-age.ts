import { sessionTtlSeconds } from './session-ttl.ts';

/** Whether more than half of a session cookie's lifetime has passed. Both times are milliseconds since the epoch. */
export const isHalfOver = (createdAt: number, now: number): boolean => now - createdAt > (sessionTtlSeconds * 1000) / 2;
