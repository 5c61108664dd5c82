import type { Redis } from 'ioredis';
import { hashOf } from './session-names.ts';

/** The logout tokens that were used, by `jti`, to detect a replay (Back-Channel Logout 1.0 section 2.6). */
export interface UsedLogoutTokens {
  has(jti: string): Promise<boolean>;
  /** Stores a `jti` for this long, which must be until the token has expired. */
  add(jti: string, seconds: number): Promise<void>;
}

export const createRedisUsedLogoutTokens = (redis: Redis, app: string): UsedLogoutTokens => {
  const keyOf = (jti: string): string => `${app}:logout-token:${hashOf(jti)}`;
  return {
    has: async (jti) => (await redis.exists(keyOf(jti))) === 1,
    add: async (jti, seconds) => {
      await redis.set(keyOf(jti), '1', 'EX', seconds);
    },
  };
};

export const createMemoryUsedLogoutTokens = (): UsedLogoutTokens => {
  const used = new Set<string>();
  return {
    has: async (jti) => used.has(jti),
    add: async (jti, seconds) => {
      used.add(jti);
      setTimeout(() => used.delete(jti), seconds * 1000).unref();
    },
  };
};
