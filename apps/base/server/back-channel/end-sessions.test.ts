import { describe, expect, test } from 'vitest';
import { createMemoryUsedLogoutTokens } from '../sessions/used-logout-tokens.ts';
import { endSessions } from './end-sessions.ts';
import { clockToleranceSeconds } from '../../../tokens/src/verification.ts';

const now = Date.parse('2026-09-01T12:00:00Z');
const token = { jti: 'one', exp: now / 1000 + 300, sid: 'session', sub: 'person' };

const store = () => {
  const ended: unknown[] = [];
  const kept: Array<[jti: string, seconds: number]> = [];
  const used = createMemoryUsedLogoutTokens();
  return {
    ended,
    kept,
    end: async (claims: object) => ended.push(claims) + 1,
    usedLogoutTokens: {
      has: used.has,
      add: async (jti: string, seconds: number) => {
        kept.push([jti, seconds]);
        await used.add(jti, seconds);
      },
    },
  };
};

describe('a logout token', () => {
  test('ends every session that it names', async () => {
    const sessions = store();
    expect(await endSessions(token, sessions, now)).toBe(2);
    expect(sessions.ended).toEqual([{ sid: 'session', sub: 'person' }]);
  });

  test('is refused as used until it has expired by every clock', async () => {
    const sessions = store();
    await endSessions(token, sessions, now);
    expect(sessions.kept).toEqual([['one', 900]]);
    await expect(endSessions(token, sessions, now)).rejects.toThrow('it was used before');
    expect(sessions.ended).toHaveLength(1);
  });

  test('of a pod whose clock is 5 minutes ahead is refused as used until it has expired for the others', async () => {
    const sessions = store();
    await endSessions(token, sessions, now + clockToleranceSeconds * 1000);
    expect(sessions.kept).toEqual([['one', token.exp + clockToleranceSeconds - now / 1000]]);
  });

  test('may be sent again when a session could not be ended', async () => {
    const sessions = { ...store(), end: () => Promise.reject(new Error('Redis is down')) };
    await expect(endSessions(token, sessions, now)).rejects.toThrow('Redis is down');
    expect(sessions.kept).toEqual([]);
  });
});
