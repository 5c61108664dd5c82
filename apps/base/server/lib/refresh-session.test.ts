import { describe, expect, test } from 'vitest';
import { refreshSession, type RefreshPorts } from './refresh-session.ts';
import type { SessionEntry } from './session-entry.ts';

const now = 1000;
const token = (text: string) => ({ encryptedToken: text, iv: '' });
const due: SessionEntry = { iat: 0, exp: 1, accessToken: token('a'), refreshToken: token('r'), idToken: token('i') };
const fresh: SessionEntry = { ...due, iat: now, exp: now + 300, accessToken: token('b') };

/** A store with one entry and an Authentik that answers; `asked` are the refresh tokens it was sent. */
const world = (entry: SessionEntry | null, answer: Partial<RefreshPorts> = {}) => {
  const asked: string[] = [];
  const store = { entry };
  const ports: RefreshPorts = {
    read: async () => store.entry,
    replace: async (next) => {
      if (!store.entry) return false;
      store.entry = next;
      return true;
    },
    decryptRefreshToken: async ({ refreshToken }) => refreshToken!.encryptedToken,
    withTokens: async (old) => ({ ...old, ...fresh }),
    ask: async (refreshToken) => {
      asked.push(refreshToken);
      return { outcome: 'refreshed', tokens: { access_token: 'b' } };
    },
    now: () => now,
    ...answer,
  };
  return { ports, asked, store };
};

describe('refreshSession', () => {
  test('renews what is due, and stores it', async () => {
    const { ports, asked, store } = world(due);
    expect(await refreshSession(ports)).toEqual({ outcome: 'fresh', entry: fresh });
    expect(asked).toEqual(['r']);
    expect(store.entry).toEqual(fresh);
  });

  test('leaves alone what another pod has renewed meanwhile', async () => {
    const { ports, asked } = world(fresh);
    expect(await refreshSession(ports)).toEqual({ outcome: 'fresh', entry: fresh });
    expect(asked).toEqual([]);
  });

  test('is over when the session was ended meanwhile', async () => {
    expect(await refreshSession(world(null).ports)).toEqual({ outcome: 'over' });
  });

  test('does not bring back a session that was ended while Authentik answered', async () => {
    const { ports, store } = world(due);
    const endedMeanwhile = async (refreshToken: string) => {
      store.entry = null;
      return ports.ask(refreshToken);
    };
    expect(await refreshSession({ ...ports, ask: endedMeanwhile })).toEqual({ outcome: 'over' });
    expect(store.entry).toBeNull();
  });

  test('is over without a refresh token', async () => {
    const { refreshToken: _, ...without } = due;
    expect(await refreshSession(world(without).ports)).toEqual({ outcome: 'over' });
  });

  test('is over when Authentik rejects the refresh token', async () => {
    const { ports } = world(due, { ask: async () => ({ outcome: 'rejected' }) });
    expect(await refreshSession(ports)).toEqual({ outcome: 'over' });
  });

  test('keeps the entry as it is while Authentik is unavailable', async () => {
    const down = { outcome: 'unavailable', reason: 'status 503' } as const;
    const { ports, store } = world(due, { ask: async () => down });
    expect(await refreshSession(ports)).toEqual(down);
    expect(store.entry).toBe(due);
  });
});
