import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { recallPage } from '../server/http/return-page.ts';
import { isExpected, redeemCode } from '../server/nuxt-oidc-auth/redeem-code.ts';
import { readSession } from '../server/sessions/read-session.ts';
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
const eventOf = (path: string) => ({
  method: 'GET',
  path,
  node: { req: { url: path } as { url: string; originalUrl?: string } },
});
const callback = (query: string) => handler(eventOf(`/auth/oidc/callback?${query}`));

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (given: typeof handler) => given);
  vi.stubGlobal('getQuery', ({ node }: { node: { req: { url: string } } }) =>
    Object.fromEntries(new URL(node.req.url, 'https://portal.example').searchParams),
  );
  vi.stubGlobal('sendRedirect', (_event: object, to: string, status: number) => `${status} ${to}`);
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc: {} } } }));
  handler = (await import('../server/middleware/sign-in-callback.ts')).default as unknown as typeof handler;
});
beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(isExpected).mockResolvedValue(true);
  vi.mocked(redeemCode).mockResolvedValue({ id: 'new', entry: {} as never });
  vi.mocked(recallPage).mockReturnValue('/users');
  vi.mocked(readSession).mockResolvedValue({ state: 'stored', id: 'before', user: {} as never, entry: {} as never });
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test('a code fails when the session before cannot be removed, which would live on beside the new one', async () => {
  vi.spyOn(sessions, 'remove').mockRejectedValue(new Error('Redis does not answer'));
  const event = eventOf('/auth/oidc/callback?code=1&state=s');
  await expect(handler(event)).rejects.toThrow('Redis does not answer');
  expect(event.node.req.originalUrl, 'what an error says was asked').toBe('/auth/oidc/callback');
});

test.each([
  ['error=access_denied', 'cancelled'],
  ['error=access_denied&code=1', 'cancelled'],
  ['error=server_error', 'unavailable'],
  ['error=temporarily_unavailable', 'unavailable'],
  ['error=invalid_scope', 'unfinished'],
  ['', 'unfinished'],
])('what Authentik says by "%s" is shown as %s', async (query, failed) => {
  expect(await callback(query)).toBe(`302 /sign-in?failed=${failed}&to=%2Fusers`);
  expect(logSignIn).toHaveBeenCalledWith(expect.anything(), failed);
  expect(redeemCode).not.toHaveBeenCalled();
});
