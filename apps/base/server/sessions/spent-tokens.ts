import type { Redis } from 'ioredis';
import { hashOf } from './session-names.ts';

/** The logout tokens that were used, by `jti`, to detect a replay (Back-Channel Logout 1.0 section 2.6). */
export interface SpentTokens {
  has(jti: string): Promise<boolean>;
  /** Stores a `jti` for this long, which must be until the token has expired. */
  add(jti: string, seconds: number): Promise<void>;
}

export const createRedisSpentTokens = (redis: Redis, app: string): SpentTokens => {
  const keyOf = (jti: string): string => `${app}:logout-token:${hashOf(jti)}`;
  return {
    has: async (jti) => (await redis.exists(keyOf(jti))) === 1,
    add: async (jti, seconds) => {
      await redis.set(keyOf(jti), '1', 'EX', seconds);
    },
  };
};

/** In this process's memory. */
export const createMemorySpentTokens = (): SpentTokens => {
  const spent = new Set<string>();
  return {
    has: async (jti) => spent.has(jti),
    add: async (jti, seconds) => {
      spent.add(jti);
      setTimeout(() => spent.delete(jti), seconds * 1000).unref();
    },
  };
};
