import { describe, expect, test } from 'vitest';
import { isRefreshDue } from '../settings/session-times.ts';
import { refreshSession, type RefreshPorts } from './refresh-session.ts';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';

const now = 1000;
const token = (text: string) => ({ encryptedToken: text, iv: '' });
const due: SessionEntry = { iat: 0, exp: 1, accessToken: token('a'), refreshToken: token('r'), idToken: token('i') };
const fresh: SessionEntry = { ...due, iat: now, exp: now + 300, accessToken: token('b') };

/** A store with one entry and an Authentik that responds. `asked` lists the refresh tokens that it received. */
const world = (entry: SessionEntry | null, answer: Partial<RefreshPorts> = {}) => {
  const asked: string[] = [];
  const paused: number[] = [];
  const store = { entry };
  const ports: RefreshPorts = {
    read: async () => store.entry,
    replace: async (next, read) => {
      if (store.entry?.accessToken.encryptedToken !== read.accessToken.encryptedToken) return false;
      store.entry = next;
      return true;
    },
    decryptRefreshToken: async ({ refreshToken }) => refreshToken?.encryptedToken,
    withTokens: async (old) => ({ ...old, ...fresh }),
    ask: async (refreshToken) => {
      asked.push(refreshToken);
      return { outcome: 'refreshed', tokens: { access_token: 'b' } };
    },
    isOfUser: async () => true,
    isEnded: () => false,
    isDue: (entry) => isRefreshDue(entry, now),
    pause: async (milliseconds) => void paused.push(milliseconds),
    ...answer,
  };
  return { ports, asked, paused, store };
};

describe('refreshSession', () => {
  test('leaves alone what another pod has renewed meanwhile', async () => {
    const { ports, asked } = world(fresh);
    expect(await refreshSession(ports)).toEqual({ outcome: 'fresh', entry: fresh });
    expect(asked).toEqual([]);
  });

  test('has the newer tokens of a pod that took the lock over, and does not overwrite them', async () => {
    const newer = { ...fresh, accessToken: token('newer') };
    const { ports, store } = world(due, {
      ask: async () => {
        store.entry = newer;
        return { outcome: 'refreshed', tokens: { access_token: 'b', refresh_token: 'late' } };
      },
    });
    expect(await refreshSession(ports)).toEqual({ outcome: 'fresh', entry: newer });
    expect(store.entry).toBe(newer);
  });

  test('is over when the refresh token cannot be read: no later attempt could', async () => {
    const { ports, asked } = world(due, { decryptRefreshToken: async () => undefined });
    expect(await refreshSession(ports)).toEqual({ outcome: 'over', reason: 'unreadable' });
    expect(asked).toEqual([]);
  });

  test('says so when the session was ended at Authentik and in the app: the cookie may be that of the next one', async () => {
    const { ports, store } = world(due, { isEnded: () => true });
    const signedInAgain = async (refreshToken: string) => {
      store.entry = null;
      return ports.ask(refreshToken);
    };
    expect(await refreshSession({ ...ports, ask: signedInAgain })).toEqual({ outcome: 'ended' });
  });

  test('says so when the session was ended meanwhile', async () => {
    expect(await refreshSession(world(null).ports)).toEqual({ outcome: 'ended' });
  });

  test('does not bring back a session that was ended while its new tokens could not be stored', async () => {
    const { ports, store } = world(due);
    const refused = async (entry: SessionEntry, read: SessionEntry) => {
      if (store.entry) {
        store.entry = null;
        throw new Error('READONLY');
      }
      return ports.replace(entry, read);
    };
    expect(await refreshSession({ ...ports, replace: refused })).toEqual({ outcome: 'ended' });
    expect(store.entry).toBeNull();
  });

  test('gives new tokens up after an hour without a write', async () => {
    const { ports, paused } = world(due);
    const replace = () => Promise.reject(new Error('READONLY'));
    await expect(refreshSession({ ...ports, replace })).rejects.toThrow('READONLY');
    const hour = 3_600_000;
    const sum = paused.reduce((total, next) => total + next, 0);
    expect(sum).toBeGreaterThan(hour - 2000);
    expect(sum).toBeLessThanOrEqual(hour);
  });

  test('is over without a refresh token', async () => {
    const { refreshToken: _, ...without } = due;
    expect(await refreshSession(world(without).ports)).toEqual({ outcome: 'over', reason: 'unreadable' });
  });

  test('is over when Authentik rejects the refresh token, and nobody else has stored another', async () => {
    const { ports, paused } = world(due, { ask: async () => ({ outcome: 'rejected' }) });
    expect(await refreshSession(ports)).toEqual({ outcome: 'over', reason: 'refused' });
    const longestPauseOfRetries = 1000;
    expect(paused.reduce((total, next) => total + next, 0)).toBeGreaterThan(longestPauseOfRetries);
  });

  test.each([
    ['while Authentik rejected it', 0],
    ['a moment later', 1],
  ])('goes on with what another pod stored %s', async (_, looksBefore) => {
    const rotated = { ...fresh, refreshToken: token('r2') };
    const { ports, store } = world(due);
    let looks = -1;
    const read = async () => {
      looks += 1;
      if (looks > looksBefore) store.entry = rotated;
      return store.entry;
    };
    expect(await refreshSession({ ...ports, read, ask: async () => ({ outcome: 'rejected' }) })).toEqual({
      outcome: 'fresh',
      entry: rotated,
    });
  });

  test('says so when the session was ended while Authentik rejected its refresh token', async () => {
    const { ports, store } = world(due);
    const ask = async () => {
      store.entry = null;
      return { outcome: 'rejected' } as const;
    };
    expect(await refreshSession({ ...ports, ask })).toEqual({ outcome: 'ended' });
  });
});
