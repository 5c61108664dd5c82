import type { H3Event } from 'h3';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SessionStore } from '../sessions/session-store.ts';
import { keepSessionsIn } from '../sessions/sessions.ts';

// What only Nuxt resolves: nuxt-oidc-auth, and h3's sessions in cookies.
const mocks = vi.hoisted(() => ({
  isExpected: vi.fn(),
  redeemCode: vi.fn(),
  readSession: vi.fn(),
  hideSession: vi.fn(),
}));
vi.mock('../nuxt-oidc-auth/attempt.ts', () => ({ isExpected: mocks.isExpected }));
vi.mock('../nuxt-oidc-auth/redeem-code.ts', () => ({ redeemCode: mocks.redeemCode }));
vi.mock('../nuxt-oidc-auth/session.ts', () => ({ hideSession: mocks.hideSession }));
vi.mock('../nuxt-oidc-auth/session-entry.ts', () => ({}));
vi.mock('../sessions/read-session.ts', () => ({ readSession: mocks.readSession }));
vi.mock('../http/return-cookie.ts', () => ({ recallPage: () => '/users?page=2' }));

const remove = vi.fn();
let query: Record<string, string>;
let configured: string | undefined;

beforeEach(() => {
  query = { code: 'a', state: 'b' };
  configured = '/auth/return';
  mocks.isExpected.mockResolvedValue(true);
  mocks.redeemCode.mockResolvedValue(undefined);
  mocks.readSession.mockResolvedValue({ state: 'anonymous' });
  remove.mockResolvedValue(undefined);
  keepSessionsIn({ remove } as unknown as SessionStore);
  vi.stubGlobal('defineEventHandler', (handler: unknown) => handler);
  vi.stubGlobal('getQuery', () => query);
  vi.stubGlobal('useRuntimeConfig', () => ({
    oidc: { providers: { oidc: { callbackRedirectUrl: configured } } },
  }));
  vi.stubGlobal('sendRedirect', (_event: H3Event, to: string, status: number) => `${status} ${to}`);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

/** What the browser is answered; undefined: the request goes on to the routes. */
async function answer(path = '/auth/oidc/callback?code=a&state=b'): Promise<unknown> {
  const { default: handler } = await import('./sign-in-callback.ts');
  return handler({ method: 'GET', node: { req: { url: path } } } as H3Event);
}

const failedWith = (failed: string) => `302 /sign-in?failed=${failed}&to=%2Fusers%3Fpage%3D2`;

test('any other request goes on', async () => {
  expect(await answer('/users')).toBeUndefined();
  expect(mocks.isExpected).not.toHaveBeenCalled();
});

test('a code that is redeemed leads to the route that knows the page', async () => {
  expect(await answer()).toBe('302 /auth/return');
  expect(remove).not.toHaveBeenCalled();
});

test('without that route it leads home', async () => {
  configured = undefined;
  expect(await answer()).toBe('302 /');
});

test('the session that the browser had is hidden before, and removed after the code is redeemed', async () => {
  mocks.readSession.mockResolvedValue({ state: 'stored', id: 'previous' });
  expect(await answer()).toBe('302 /auth/return');
  expect(remove).toHaveBeenCalledExactlyOnceWith('previous');
  const [hidden, redeemed, removed] = [mocks.hideSession, mocks.redeemCode, remove].map(
    (step) => step.mock.invocationCallOrder[0] ?? 0,
  );
  expect(hidden).toBeLessThan(redeemed ?? 0);
  expect(redeemed).toBeLessThan(removed ?? 0);
});

test('a previous session that cannot be removed is an error: it would live on beside the new one', async () => {
  mocks.readSession.mockResolvedValue({ state: 'stored', id: 'previous' });
  remove.mockRejectedValue(new Error('Redis does not answer'));
  await expect(answer()).rejects.toThrow('Redis does not answer');
});

test('a code that is not redeemed leaves the previous session', async () => {
  mocks.readSession.mockResolvedValue({ state: 'stored', id: 'previous' });
  mocks.redeemCode.mockResolvedValue('unavailable');
  expect(await answer()).toBe(failedWith('unavailable'));
  expect(remove).not.toHaveBeenCalled();
});

test('a session that is gone needs no removal', async () => {
  mocks.readSession.mockResolvedValue({ state: 'gone' });
  expect(await answer()).toBe('302 /auth/return');
  expect(remove).not.toHaveBeenCalled();
});

test.each([
  ['access_denied', 'cancelled'],
  ['server_error', 'unavailable'],
  ['temporarily_unavailable', 'unavailable'],
  ['interaction_required', 'unfinished'],
])('the error %s of Authentik is "%s"', async (error, failed) => {
  query = { error, state: 'b' };
  expect(await answer()).toBe(failedWith(failed));
  expect(mocks.redeemCode).not.toHaveBeenCalled();
});

test('an error beside a code counts', async () => {
  query = { error: 'access_denied', code: 'a', state: 'b' };
  expect(await answer()).toBe(failedWith('cancelled'));
});

test('neither a code nor an error is "unfinished"', async () => {
  query = { state: 'b' };
  expect(await answer()).toBe(failedWith('unfinished'));
});

test('a callback that this browser did not ask for is redeemed for nobody', async () => {
  mocks.isExpected.mockResolvedValue(false);
  expect(await answer()).toBe(failedWith('unfinished'));
  expect(mocks.redeemCode).not.toHaveBeenCalled();
});

test('who is signed in already needs no sign-in', async () => {
  mocks.isExpected.mockResolvedValue(false);
  mocks.readSession.mockResolvedValue({ state: 'stored', id: 'previous' });
  expect(await answer()).toBe('302 /auth/return');
  expect(mocks.redeemCode).not.toHaveBeenCalled();
  expect(remove).not.toHaveBeenCalled();
});
