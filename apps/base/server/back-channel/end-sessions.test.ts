import { describe, expect, test } from 'vitest';
import { createMemorySpentTokens } from '../sessions/spent-tokens.ts';
import { endSessions } from './end-sessions.ts';

const now = Date.parse('2026-09-01T12:00:00Z');
const token = { jti: 'one', exp: now / 1000 + 300, sid: 'session', sub: 'person' };

const store = () => {
  const removed: string[] = [];
  const kept: Array<[jti: string, seconds: number]> = [];
  const spent = createMemorySpentTokens();
  return {
    removed,
    kept,
    named: async () => ['a', 'b'],
    remove: async (id: string) => void removed.push(id),
    spentTokens: {
      has: spent.has,
      add: async (jti: string, seconds: number) => {
        kept.push([jti, seconds]);
        await spent.add(jti, seconds);
      },
    },
  };
};

describe('a logout token', () => {
  test('ends every session that it names', async () => {
    const sessions = store();
    expect(await endSessions(token, sessions, now)).toBe(2);
    expect(sessions.removed).toEqual(['a', 'b']);
  });

  test('is spent until it has expired on every clock', async () => {
    const sessions = store();
    await endSessions(token, sessions, now);
    expect(sessions.kept).toEqual([['one', 600]]);
    await expect(endSessions(token, sessions, now)).rejects.toThrow('it was used before');
    expect(sessions.removed).toHaveLength(2);
  });

  test('is not spent when a session could not be ended', async () => {
    const sessions = { ...store(), remove: () => Promise.reject(new Error('Redis is down')) };
    await expect(endSessions(token, sessions, now)).rejects.toThrow('Redis is down');
    expect(sessions.kept).toEqual([]);
  });
});
