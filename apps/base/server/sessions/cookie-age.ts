import { sessionTtlSeconds } from './session-ttl.ts';

/** Whether more than half of a session cookie's life is over. Both times are milliseconds since the epoch. */
export const isHalfOver = (createdAt: number, now: number): boolean => now - createdAt > (sessionTtlSeconds * 1000) / 2;
