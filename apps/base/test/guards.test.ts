import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { activeSession } from '../server/sessions/active-session.ts';
import { hideSession } from '../server/nuxt-oidc-auth/session.ts';

// These need Nuxt and a store. The specs cover them, and the other decisions of the guards.
vi.mock('../server/sessions/active-session.ts', () => ({ activeSession: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({ logNoSession: vi.fn() }));
vi.mock('../server/nuxt-oidc-auth/session.ts', () => ({
  hideSession: vi.fn(),
  nameUser: vi.fn(),
  renewCookie: vi.fn(),
}));

type Handler = (event: unknown) => unknown;
const guards: Record<'allow' | 'session', Handler> = { allow: vi.fn(), session: vi.fn() };

/** The part of an h3 event that the guards read. */
const eventOf = (url: string, headers: Record<string, string> = {}) => ({
  method: 'GET',
  path: url,
  node: { req: { url, headers } },
  context: {},
});
type Event = ReturnType<typeof eventOf>;

/** The status of a guard's response, or `passed`. */
const answerOf = async (guard: Handler, event: Event): Promise<unknown> => {
  try {
    return (await guard(event)) ?? 'passed';
  } catch (error) {
    return (error as { statusCode: number }).statusCode;
  }
};

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (handler: Handler) => handler);
  vi.stubGlobal('getRequestHeader', ({ node }: Event, name: string) => node.req.headers[name]);
  vi.stubGlobal('setResponseHeader', vi.fn());
  vi.stubGlobal('useRuntimeConfig', () => ({ public: { ownUrl: 'https://portal.dezky.example/' } }));
  guards.allow = (await import('../server/middleware/allow-list.ts')).default as unknown as Handler;
  guards.session = (await import('../server/middleware/session.ts')).default as unknown as Handler;
});
beforeEach(() => vi.clearAllMocks());
afterAll(() => vi.unstubAllGlobals());

test.each([
  ['/auth/oidc/callback', 414],
  ['/sign-in', 414],
  ['/users', 'passed'],
  ['/__nuxt_error', 'passed'],
])('%s with a query of 8 KB: %s', async (path, answer) => {
  expect(await answerOf(guards.allow, eventOf(`${path}?a=${'b'.repeat(8192)}`))).toBe(answer);
});

test.each(['/sign-in', '/sign-out', '/signed-out'])('%s shows no session, and asks for none', async (url) => {
  const event = eventOf(url);
  expect(await answerOf(guards.session, event)).toBe('passed');
  expect(hideSession).toHaveBeenCalledWith(event);
  expect(activeSession).not.toHaveBeenCalled();
});

test('an error page has no session, and an API route has it also for one', async () => {
  vi.mocked(activeSession).mockResolvedValue({ user: {}, accessToken: 'token', renew: vi.fn() } as never);
  const headers = { 'x-nuxt-error': 'true' };
  expect(await answerOf(guards.session, eventOf('/api/_auth/session', headers))).toBe(401);
  expect(activeSession).not.toHaveBeenCalled();
  expect(await answerOf(guards.session, eventOf('/api/me', headers))).toBe('passed');
});
