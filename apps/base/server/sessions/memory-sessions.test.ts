import { createStorage } from 'unstorage';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SessionEntry } from '../nuxt-oidc-auth/session-entry.ts';
import { createMemorySessions } from './memory-sessions.ts';
import type { SessionStore } from './session-store.ts';

// The module's code imports `#imports`, which only Nuxt resolves. In this mock a token is its claims.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken }: { encryptedToken: string }) => encryptedToken,
  parseJwtToken: (token: string): unknown => JSON.parse(token),
}));

const entryOf = (claims: object): SessionEntry => ({
  exp: 300,
  iat: 1,
  accessToken: { encryptedToken: 'a', iv: '' },
  idToken: { encryptedToken: JSON.stringify(claims), iv: '' },
});

let sessions: SessionStore;
let ids: () => Promise<string[]>;
beforeEach(async () => {
  const storage = createStorage<SessionEntry>();
  ids = async () => (await storage.getKeys()).toSorted();
  vi.stubGlobal('useStorage', (mount: string) => (mount === 'oidc' ? storage : undefined));
  sessions = createMemorySessions();
  await storage.setItem('a', entryOf({ sid: '1', sub: 'x' }));
  await storage.setItem('b', entryOf({ sid: '2', sub: 'x' }));
  await storage.setItem('c', entryOf({ sid: '1', sub: 'y' }));
});
afterEach(() => vi.unstubAllGlobals());

test.each([
  [{ sid: '1' }, ['b']],
  [{ sub: 'x' }, ['c']],
  [{ sid: '1', sub: 'x' }, ['b', 'c']],
  [{ sid: '2', sub: 'y' }, ['a', 'b', 'c']],
])('the end of %j leaves %j', async (claims, left) => {
  const ended = ['a', 'b', 'c'].filter((id) => !left.includes(id));
  expect((await sessions.end(claims)).toSorted()).toEqual(ended);
  expect(await Promise.all(ended.map(sessions.endReason))).toEqual(ended.map(() => 'back-channel'));
  expect(await ids()).toEqual(left);
});

test('an entry is replaced, and none is made', async () => {
  expect(await sessions.replace('d', entryOf({}), entryOf({}))).toBe(false);
  expect(await ids()).toEqual(['a', 'b', 'c']);
  const newer = { ...entryOf({}), iat: 2, accessToken: { encryptedToken: 'r', iv: '' } };
  expect(await sessions.replace('a', newer, newer)).toBe(false);
  expect(await sessions.replace('a', newer, entryOf({}))).toBe(true);
  expect(await sessions.read('a')).toMatchObject({ iat: 2 });
});

test('a session is removed', async () => {
  await sessions.remove('a', 'idle');
  expect([await sessions.endReason('a'), await sessions.endReason('b')]).toEqual(['idle', undefined]);
  expect(await ids()).toEqual(['b', 'c']);
});

test('a used logout token is known until it expires', async () => {
  vi.useFakeTimers();
  try {
    const used = createMemorySessions().usedLogoutTokens;
    await used.add('jti', 2);
    vi.advanceTimersByTime(1999);
    await used.add('another', 1);
    expect([await used.has('jti'), await used.has('another'), await used.has('third')]).toEqual([true, true, false]);
    vi.advanceTimersByTime(1);
    expect([await used.has('jti'), await used.has('another')]).toEqual([false, true]);
    await used.add('third', 1);
    expect([await used.has('jti'), await used.has('third')]).toEqual([false, true]);
  } finally {
    vi.useRealTimers();
  }
});
