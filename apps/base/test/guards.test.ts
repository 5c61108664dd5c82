import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { activeSession } from '../server/sessions/active-session.ts';
import { failure, notRenewed, storeUnavailable } from '../server/http/failure.ts';
import { hideSession, nameUser, renewCookie } from '../server/nuxt-oidc-auth/session.ts';
import { sessionReasons, type SessionReason } from '../../environment/session-reasons.ts';
import { logNoSession } from '../server/sessions/session-log.ts';

// These need Nuxt and a store; the specs cover them. This test covers the decisions of the guards.
vi.mock('../server/sessions/active-session.ts', () => ({ activeSession: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({ logNoSession: vi.fn() }));
vi.mock('../server/nuxt-oidc-auth/session.ts', () => ({
  hideSession: vi.fn(),
  nameUser: vi.fn(),
  renewCookie: vi.fn(),
}));

type Handler = (event: unknown) => unknown;
const guards: Record<'allow' | 'session' | 'signOut', Handler> = { allow: vi.fn(), session: vi.fn(), signOut: vi.fn() };
const session = { user: {}, accessToken: 'token', renew: vi.fn() };

interface Request {
  method?: string;
  headers?: Record<string, string>;
}

/** The part of an h3 event that the guards read. */
const eventOf = (url: string, { method = 'GET', headers = {} }: Request = {}) => ({
  method,
  path: url,
  node: { req: { url, headers } },
  context: {} as { activeSession?: unknown },
  answered: {} as Record<string, unknown>,
});
type Event = ReturnType<typeof eventOf>;

/** The response of a guard, or `passed`. */
const answerOf = async (guard: Handler, event: Event): Promise<unknown> => {
  try {
    return (await guard(event)) ?? 'passed';
  } catch (error) {
    const { statusCode, message, data } = error as { statusCode: number; message: string; data?: unknown };
    return { statusCode, message, ...(data === undefined ? {} : { data }), ...event.answered };
  }
};

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (handler: Handler) => handler);
  vi.stubGlobal('getRequestHeader', ({ node }: Event, name: string) => node.req.headers[name]);
  vi.stubGlobal('setResponseHeader', ({ answered }: Event, name: string, value: string) => (answered[name] = value));
  vi.stubGlobal('sendRedirect', (_event: Event, to: string, status: number) => `${status} ${to}`);
  vi.stubGlobal('useRuntimeConfig', () => ({ public: { ownUrl: 'https://portal.dezky.example/' } }));
  guards.allow = (await import('../server/middleware/allow-list.ts')).default as unknown as Handler;
  guards.session = (await import('../server/middleware/session.ts')).default as unknown as Handler;
  guards.signOut = (await import('../server/middleware/sign-out.ts')).default as unknown as Handler;
});
beforeEach(() => vi.clearAllMocks());
afterAll(() => vi.unstubAllGlobals());

test.each([
  ['GET', '/', 'passed'],
  ['POST', '/auth/oidc/logout', 'passed'],
  ['GET', '/users//', '308 /users'],
  ['GET', '//sign-in/', '308 /sign-in'],
  ['GET', '/auth/login', { statusCode: 404, message: 'There is no such address.' }],
  ['DELETE', '/auth/oidc/logout', { statusCode: 405, message: 'This method is not allowed here.', allow: 'GET, POST' }],
])('the list of what is served: %s %s', async (method, url, answer) => {
  expect(await answerOf(guards.allow, eventOf(url, { method }))).toEqual(answer);
});

test.each(['/users', '/api/me', '/api/_auth/session'])('%s needs a session, and gets it', async (url) => {
  vi.mocked(activeSession).mockResolvedValue(session);
  const event = eventOf(url);
  expect(await answerOf(guards.session, event)).toBe('passed');
  expect(event.context.activeSession).toBe(session);
  expect(nameUser).toHaveBeenCalledWith(event, 'token');
  // A response of the API may arrive after the next sign-in.
  expect(renewCookie).toHaveBeenCalledTimes(url === '/users' ? 1 : 0);
  expect(hideSession).not.toHaveBeenCalled();
});

const refused = (reason: SessionReason) => ({
  statusCode: 401,
  message: expect.stringMatching(/./),
  data: { reason, failed: sessionReasons[reason].page },
  'x-session-reason': reason,
});

test.each([
  ['/users?page=2', 'none', '302 /sign-in?to=%2Fusers%3Fpage%3D2'],
  ['/users?page=2', 'signed-out', '302 /sign-in?to=%2Fusers%3Fpage%3D2'],
  ['/users?page=2', 'idle', '302 /sign-in?failed=idle&to=%2Fusers%3Fpage%3D2'],
  ['/users?page=2', 'back-channel', '302 /sign-in?failed=ended&to=%2Fusers%3Fpage%3D2'],
  ['/api/me', 'none', refused('none')],
  ['/api/me', 'idle', refused('idle')],
  ['/api/_auth/session', 'unreadable', refused('unreadable')],
] as const)('%s without a session: %s', async (url, none, answer) => {
  vi.mocked(activeSession).mockResolvedValue({ none, id: 'one' });
  const event = eventOf(url);
  expect(await answerOf(guards.session, event)).toEqual(answer);
  expect(event.answered).toEqual({ 'x-session-reason': none });
  expect(logNoSession).toHaveBeenCalledExactlyOnceWith(event, none, 'one');
  expect(event.context.activeSession).toBeUndefined();
  expect(renewCookie).not.toHaveBeenCalled();
});

test.each([
  [storeUnavailable(new Error('Redis is down')), { 'x-session-reason': 'store-unavailable' }],
  [notRenewed(undefined), { 'x-session-reason': 'not-renewed' }],
  [failure(503, 'busy'), {}],
])('a page whose session is not known now: %s', async (error, headers) => {
  vi.mocked(activeSession).mockRejectedValue(error);
  const event = eventOf('/users');
  expect(await answerOf(guards.session, event)).toMatchObject({ statusCode: 503 });
  expect(event.answered).toEqual(headers);
});

const tooLong = { statusCode: 414, message: 'This address is too long.' };
test.each([
  ['/auth/oidc/callback', tooLong],
  ['/sign-in', tooLong],
  ['/users', 'passed'],
  ['/__nuxt_error', 'passed'],
])('%s with a query of 8 KB', async (path, answer) => {
  expect(await answerOf(guards.allow, eventOf(`${path}?a=${'b'.repeat(8192)}`))).toEqual(answer);
});

test.each(['/auth/oidc/callback', '/sign-in', '/users', '/__nuxt_error', '/nothing'])(
  '%s with 101 parameters',
  async (path) => {
    expect(await answerOf(guards.allow, eventOf(`${path}?${'a&'.repeat(100)}`))).toEqual(tooLong);
  },
);

test.each(['/sign-in', '/sign-out', '/signed-out'])('%s shows no session, and asks for none', async (url) => {
  const event = eventOf(url);
  expect(await answerOf(guards.session, event)).toBe('passed');
  expect(hideSession).toHaveBeenCalledWith(event);
  expect(activeSession).not.toHaveBeenCalled();
});

test.each(['/auth/oidc/login', '/auth/oidc/callback', '/api/_health/live', '/favicon.ico', '/__nuxt_error'])(
  '%s asks for no session',
  async (url) => {
    expect(await answerOf(guards.session, eventOf(url))).toBe('passed');
    expect(hideSession).not.toHaveBeenCalled();
    expect(activeSession).not.toHaveBeenCalled();
  },
);

test('an error page has no session, and an API route has it also for one', async () => {
  vi.mocked(activeSession).mockResolvedValue(session);
  const headers = { 'x-nuxt-error': 'true' };
  expect(await answerOf(guards.session, eventOf('/api/_auth/session', { headers }))).toMatchObject({ statusCode: 401 });
  expect(activeSession).not.toHaveBeenCalled();
  expect(await answerOf(guards.session, eventOf('/api/me', { headers }))).toBe('passed');
});

const own = { origin: 'https://portal.dezky.example' };
test.each<[string, Record<string, string>, string, unknown]>([
  ['POST', own, '/auth/oidc/logout', 'passed'],
  ['POST', { 'sec-fetch-site': 'same-origin' }, '/auth/oidc/logout', 'passed'],
  ['POST', { origin: 'https://evil.example' }, '/auth/oidc/logout', '303 /sign-out'],
  ['POST', {}, '/auth/oidc/logout', '303 /sign-out'],
  ['GET', own, '/auth/oidc/logout', '303 /sign-out'],
  ['GET', {}, '/auth/oidc/logout', '303 /sign-out'],
  ['GET', {}, '/users', 'passed'],
])('a sign-out by %s with %j at %s', async (method, headers, url, answer) => {
  expect(await answerOf(guards.signOut, eventOf(url, { method, headers }))).toBe(answer);
});
