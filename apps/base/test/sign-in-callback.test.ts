import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { recallPage } from '../server/http/return-page.ts';
import { isExpected, redeemCode } from '../server/nuxt-oidc-auth/redeem-code.ts';
import { hideSession } from '../server/nuxt-oidc-auth/session.ts';
import { readSession, type StoredSession } from '../server/sessions/read-session.ts';
import { logSignIn } from '../server/sessions/session-log.ts';
import { sessions } from '../server/sessions/sessions.ts';

// These need Nuxt, a store and Authentik; the specs cover them. This test covers how the callback uses their results.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({}));
vi.mock('../server/http/return-page.ts', () => ({ recallPage: vi.fn() }));
vi.mock('../server/nuxt-oidc-auth/redeem-code.ts', () => ({ isExpected: vi.fn(), redeemCode: vi.fn() }));
vi.mock('../server/nuxt-oidc-auth/session.ts', () => ({ hideSession: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({ logSessionEnd: vi.fn(), logSignIn: vi.fn() }));
vi.mock('../server/sessions/read-session.ts', () => ({ readSession: vi.fn() }));

let handler: (event: object) => Promise<unknown>;
let callbackRedirectUrl: string | undefined;
const callback = (query: string, path = '/auth/oidc/callback') =>
  handler({ method: 'GET', node: { req: { url: `${path}?${query}` } } });
const before = (session: StoredSession) => vi.mocked(readSession).mockResolvedValue(session);
const stored: StoredSession = { state: 'stored', id: 'before', user: {} as never, entry: {} as never };

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (given: typeof handler) => given);
  vi.stubGlobal('getQuery', ({ node }: { node: { req: { url: string } } }) =>
    Object.fromEntries(new URL(node.req.url, 'https://portal.example').searchParams),
  );
  vi.stubGlobal('sendRedirect', (_event: object, to: string, status: number) => `${status} ${to}`);
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc: { callbackRedirectUrl } } } }));
  handler = (await import('../server/middleware/sign-in-callback.ts')).default as unknown as typeof handler;
});
beforeEach(() => {
  vi.clearAllMocks();
  vi.spyOn(sessions, 'remove').mockResolvedValue(true);
  vi.mocked(isExpected).mockResolvedValue(true);
  vi.mocked(redeemCode).mockResolvedValue({ id: 'new', entry: {} as never });
  vi.mocked(recallPage).mockReturnValue('/users');
  callbackRedirectUrl = '/auth/return';
  before({ state: 'absent', reason: 'none' });
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('it is for the callback alone', async () => {
  expect(await callback('code=1', '/users')).toBeUndefined();
  expect(redeemCode).not.toHaveBeenCalled();
});

describe('a code', () => {
  test('opens a session', async () => {
    expect(await callback('code=1&state=s')).toBe('302 /auth/return?state=s');
    expect(hideSession).toHaveBeenCalledOnce();
    expect(sessions.remove).not.toHaveBeenCalled();
    expect(logSignIn).toHaveBeenCalledWith(expect.anything(), 'signed-in', { id: 'new', names: undefined });
  });

  test('opens one in the place of the one before', async () => {
    before(stored);
    expect(await callback('code=1&state=s')).toBe('302 /auth/return?state=s');
    expect(hideSession).toHaveBeenCalledOnce();
    expect(sessions.remove).toHaveBeenCalledWith('before', 'replaced');
  });

  test('fails when the one before cannot be removed, which would live on beside it', async () => {
    before(stored);
    vi.mocked(sessions.remove).mockRejectedValue(new Error('Redis does not answer'));
    await expect(callback('code=1&state=s')).rejects.toThrow('Redis does not answer');
  });

  test('hides the one before until it is redeemed, and removes it after that', async () => {
    before(stored);
    await callback('code=1&state=s');
    const order = [hideSession, redeemCode, sessions.remove].map((step) => vi.mocked(step).mock.invocationCallOrder[0]);
    expect(order).toEqual(order.toSorted((a = 0, b = 0) => a - b));
  });

  test('that cannot be redeemed leaves the one before, and the page is not forgotten', async () => {
    before(stored);
    vi.mocked(redeemCode).mockResolvedValue('unavailable');
    expect(await callback('code=1&state=s')).toBe('302 /sign-in?failed=unavailable&to=%2Fusers');
    expect(sessions.remove).not.toHaveBeenCalled();
  });
});

describe('a callback that no sign-in of this browser began', () => {
  beforeEach(() => vi.mocked(isExpected).mockResolvedValue(false));

  test.each([
    ['absent', { state: 'absent', reason: 'none' } as const, '302 /sign-in?failed=unfinished&to=%2Fusers'],
    [
      'missing',
      { state: 'absent', reason: 'missing', id: 'one' } as const,
      '302 /sign-in?failed=unfinished&to=%2Fusers',
    ],
    ['stored', stored, '302 /auth/return?state=s'],
  ])('with a session that is %s', async (_state, session, answer) => {
    before(session);
    expect(await callback('code=1&state=s')).toBe(answer);
    expect(redeemCode).not.toHaveBeenCalled();
  });
});

test.each([
  ['error=access_denied', 'cancelled'],
  ['error=access_denied&code=1', 'cancelled'],
  ['error=server_error', 'unavailable'],
  ['error=temporarily_unavailable', 'unavailable'],
  ['error=invalid_scope', 'unfinished'],
  ['', 'unfinished'],
])('what Authentik says by "%s" is shown as %s', async (query, failed) => {
  before(stored);
  expect(await callback(query)).toBe(`302 /sign-in?failed=${failed}&to=%2Fusers`);
  expect(logSignIn).toHaveBeenCalledWith(expect.anything(), failed);
  expect(redeemCode).not.toHaveBeenCalled();
});
