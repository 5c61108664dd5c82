import { describe, expect, test, vi } from 'vitest';
import { clockToleranceSeconds } from '../../../tokens/src/verification.ts';
import { endSessions, sharedSigningKeys } from './end-sessions.ts';

const now = new Date('2026-09-01T12:00:00Z');
const seconds = now.getTime() / 1000;
const token = { jti: 'one', exp: seconds + 300, sid: 'session', sub: 'person' };

const store = () => {
  const ended: unknown[] = [];
  const kept: Array<[jti: string, seconds: number]> = [];
  return {
    ended,
    kept,
    end: async (claims: object) => {
      ended.push(claims);
      return ['one', 'two'];
    },
    usedLogoutTokens: {
      has: async (jti: string) => kept.some(([used]) => used === jti),
      add: async (jti: string, seconds: number) => kept.push([jti, seconds]) === 1,
    },
  };
};

describe('a valid logout token', () => {
  test('ends every session that it names', async () => {
    const sessions = store();
    const report = vi.fn();
    await endSessions(token, sessions, report, now.getTime());
    expect(report).toHaveBeenCalledExactlyOnceWith(['one', 'two']);
    expect(sessions.ended).toEqual([{ sid: 'session', sub: 'person' }]);
  });

  test('is refused as used until it has expired by every clock', async () => {
    const sessions = store();
    await endSessions(token, sessions, () => {}, now.getTime());
    expect(sessions.kept).toEqual([['one', 900]]);
    await expect(endSessions(token, sessions, () => {}, now.getTime())).rejects.toThrow('it was used before');
    expect(sessions.ended).toHaveLength(1);
  });

  test('is accepted once when copies of it come at the same time', async () => {
    const sessions = store();
    const copies = Array.from({ length: 6 }, () => endSessions(token, sessions, () => {}, now.getTime()));
    const accepted = (await Promise.allSettled(copies)).filter(({ status }) => status === 'fulfilled');
    expect(accepted).toHaveLength(1);
  });

  test('of a pod whose clock is 5 minutes ahead is refused as used until it has expired for the others', async () => {
    const sessions = store();
    await endSessions(token, sessions, () => {}, now.getTime() + clockToleranceSeconds * 1000);
    expect(sessions.kept).toEqual([['one', token.exp + clockToleranceSeconds - seconds]]);
  });

  test('may be sent again when a session could not be ended', async () => {
    const sessions = { ...store(), end: () => Promise.reject(new Error('Redis is down')) };
    await expect(endSessions(token, sessions, () => {}, now.getTime())).rejects.toThrow('Redis is down');
    expect(sessions.kept).toEqual([]);
  });
});

test('an address has one key set', () => {
  const keys = sharedSigningKeys('https://auth.example/jwks/');
  expect(sharedSigningKeys('https://auth.example/jwks/')).toBe(keys);
  expect(sharedSigningKeys('https://auth.example/other/jwks/')).not.toBe(keys);
});
