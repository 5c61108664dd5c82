import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { storeUnavailable } from '../server/http/failure.ts';
import { readSession } from '../server/sessions/read-session.ts';
import { logSessionEnd } from '../server/sessions/session-log.ts';
import { sessions } from '../server/sessions/sessions.ts';

// These need Nuxt, a store and Authentik; the specs cover them. This test covers how the route uses their results.
vi.mock('../server/authentik/end-session-url.ts', async (original) => ({
  ...(await original<object>()),
  redirectWithoutBody: (_event: unknown, to: string, status: number) => `${status} ${to}`,
}));
vi.mock('../server/nuxt-oidc-auth/session-entry.ts', () => ({ readable: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({ logNoSession: vi.fn(), logSessionEnd: vi.fn() }));
vi.mock('../server/sessions/read-session.ts', () => ({ readSession: vi.fn() }));

let signOut: (event: object) => Promise<unknown>;
const oidc = {
  logoutUrl: 'https://auth.dezky.example/end-session/',
  logoutRedirectUri: 'https://portal.dezky.example/signed-out',
};
const deleteCookie = vi.fn();

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (handler: typeof signOut) => handler);
  vi.stubGlobal('sendRedirect', (_event: object, to: string, status: number) => `${status} ${to}`);
  vi.stubGlobal('deleteCookie', deleteCookie);
  vi.stubGlobal('setResponseHeader', vi.fn());
  vi.stubGlobal('getCookie', ({ cookie }: { cookie?: string }) => cookie);
  vi.stubGlobal('getQuery', ({ query = {} }: { query?: object }) => query);
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc } } }));
  signOut = (await import('../server/routes/auth/oidc/logout.post.ts')).default as unknown as typeof signOut;
});
beforeEach(() => vi.clearAllMocks());
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('signing out of a session that this pod cannot decrypt removes it, and ends the one at Authentik', async () => {
  vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason: 'unreadable', id: 'one' });
  const remove = vi.spyOn(sessions, 'remove').mockResolvedValue(true);
  expect(await signOut({})).toBe('303 https://auth.dezky.example/flows/-/cancel/?next=%2Fend-session%2F');
  expect(remove).toHaveBeenCalledWith('one', 'signed-out');
  expect(logSessionEnd).toHaveBeenCalledOnce();
  expect(deleteCookie).toHaveBeenCalledOnce();
});

test('signing out that did not finish ends a session that began since', async () => {
  vi.mocked(readSession).mockRejectedValue(storeUnavailable(new Error('Redis is down')));
  expect(await signOut({ query: { authentik: '' }, cookie: 'sealed' })).toBe('303 /signed-out?unfinished');
  expect(deleteCookie).toHaveBeenCalled();
});

test('signing out that fails for another reason is an error', async () => {
  vi.mocked(readSession).mockRejectedValue(new Error('a fault'));
  await expect(signOut({})).rejects.toThrow('a fault');
  expect(deleteCookie).not.toHaveBeenCalled();
});
