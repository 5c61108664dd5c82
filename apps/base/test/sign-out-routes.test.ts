import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { LogoutTokenRefused, verifyLogoutToken } from '../../tokens/src/logout-token.ts';
import { formBody } from '../server/http/body.ts';
import { storeUnavailable } from '../server/http/failure.ts';
import { readable } from '../server/nuxt-oidc-auth/session-entry.ts';
import { readSession } from '../server/sessions/read-session.ts';
import { logNoSession, logSessionEnd } from '../server/sessions/session-log.ts';
import { sessions } from '../server/sessions/sessions.ts';

// These need Nuxt, a store and Authentik; the specs cover them. This test covers how the two routes use their results.
vi.mock('../../tokens/src/logout-token.ts', async (original) => ({
  ...(await original<object>()),
  verifyLogoutToken: vi.fn(),
}));
vi.mock('../server/http/body.ts', () => ({ formBody: vi.fn() }));
vi.mock('../server/authentik/end-session-url.ts', async (original) => ({
  ...(await original<object>()),
  redirectWithoutBody: (_event: unknown, to: string, status: number) => `${status} ${to}`,
}));
vi.mock('../server/nuxt-oidc-auth/session-entry.ts', () => ({ readable: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({
  linesSince: () => 1,
  logNoSession: vi.fn(),
  logSessionEnd: vi.fn(),
}));
vi.mock('../server/sessions/read-session.ts', () => ({ readSession: vi.fn() }));

type Handler = (event: object) => Promise<unknown>;
const routes: Record<'logout' | 'backChannel', Handler> = { logout: vi.fn(), backChannel: vi.fn() };
const oidc = {
  clientId: 'portal',
  openIdConfiguration: {
    issuer: 'https://auth.dezky.example/application/o/portal/',
    jwks_uri: 'https://auth.dezky.example/jwks/',
  },
  logoutUrl: 'https://auth.dezky.example/end-session/',
  logoutRedirectUri: 'https://portal.dezky.example/signed-out',
};
const said: string[] = [];
const deleteCookie = vi.fn();
const setResponseHeader = vi.fn();

beforeAll(async () => {
  vi.stubGlobal('defineEventHandler', (handler: Handler) => handler);
  vi.stubGlobal('sendRedirect', (_event: object, to: string, status: number) => `${status} ${to}`);
  vi.stubGlobal('deleteCookie', deleteCookie);
  vi.stubGlobal('setResponseHeader', setResponseHeader);
  vi.stubGlobal('getCookie', ({ cookie }: { cookie?: string }) => cookie);
  vi.stubGlobal('getQuery', ({ query = {} }: { query?: object }) => query);
  vi.stubGlobal('setResponseStatus', (event: { status?: number }, status: number) => (event.status = status));
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { providers: { oidc } } }));
  for (const method of ['log', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void said.push(`${method}: ${line}`));
  routes.logout = (await import('../server/routes/auth/oidc/logout.post.ts')).default as unknown as Handler;
  routes.backChannel = (await import('../server/routes/auth/oidc/backchannel-logout.post.ts'))
    .default as unknown as Handler;
});
beforeEach(() => {
  vi.clearAllMocks();
  said.length = 0;
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('signing out', () => {
  const cancel = '303 https://auth.dezky.example/flows/-/cancel/?next=%2Fend-session%2F';

  test('without a session ends none, here or at Authentik', async () => {
    vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason: 'none' });
    expect(await routes.logout({})).toBe('303 /signed-out');
    expect(deleteCookie).not.toHaveBeenCalled();
  });

  test('with a cookie that this pod cannot open removes it, and ends the session at Authentik', async () => {
    vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason: 'unsealed' });
    expect(await routes.logout({})).toBe(cancel);
    expect(deleteCookie).toHaveBeenCalledWith({}, 'nuxt-oidc-auth', { path: '/', secure: true });
    expect(logNoSession).toHaveBeenCalledWith({}, 'unsealed', undefined);
  });

  test('of a session that is gone ends the one at Authentik', async () => {
    vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason: 'unreadable', id: 'one' });
    const remove = vi.spyOn(sessions, 'remove').mockResolvedValue(true);
    expect(await routes.logout({})).toBe(cancel);
    expect(remove, 'also one that this pod cannot decrypt').toHaveBeenCalledWith('one', 'signed-out');
    expect(logSessionEnd).toHaveBeenCalledOnce();
    expect(deleteCookie).toHaveBeenCalledOnce();
  });

  test('ends both, and Authentik knows which', async () => {
    const idToken = { encryptedToken: 'id', iv: '' };
    const entry = { exp: 2, iat: 1, accessToken: idToken, idToken };
    vi.mocked(readSession).mockResolvedValue({ state: 'stored', id: 'one', user: {} as never, entry });
    vi.mocked(readable).mockResolvedValue('the id token');
    const remove = vi.spyOn(sessions, 'remove').mockResolvedValue(true);
    expect(await routes.logout({})).toContain(encodeURIComponent('id_token_hint=the+id+token'));
    expect(readable).toHaveBeenCalledWith(idToken);
    expect(remove).toHaveBeenCalledWith('one', 'signed-out');
    expect(logSessionEnd).toHaveBeenCalledExactlyOnceWith({}, { reason: 'signed-out', id: 'one', names: undefined });
    expect(deleteCookie).toHaveBeenCalledOnce();
  });

  test.each([
    ['does not answer', () => vi.mocked(readSession).mockRejectedValue(storeUnavailable(new Error('Redis is down')))],
    [
      'refuses the removal',
      () => {
        vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason: 'unreadable', id: 'one' });
        vi.spyOn(sessions, 'remove').mockRejectedValue(storeUnavailable(new Error('READONLY')));
      },
    ],
  ])('when the store %s, removes the cookie and says that it did not finish', async (_, given) => {
    given();
    expect(await routes.logout({})).toBe('303 /signed-out?unfinished');
    expect(deleteCookie).toHaveBeenCalledWith({}, 'nuxt-oidc-auth', { path: '/', secure: true });
    expect(setResponseHeader).toHaveBeenCalledExactlyOnceWith({}, 'x-session-reason', 'store-unavailable');
    expect(logNoSession).toHaveBeenCalledExactlyOnceWith({}, 'store-unavailable', undefined);
  });

  test('that did not finish goes on at Authentik, without the store', async () => {
    vi.mocked(readSession).mockRejectedValue(storeUnavailable(new Error('Redis is down')));
    expect(await routes.logout({ query: { authentik: '' } })).toBe(cancel);
  });

  test('that did not finish ends a session that began since', async () => {
    vi.mocked(readSession).mockRejectedValue(storeUnavailable(new Error('Redis is down')));
    const again = { query: { authentik: '' }, cookie: 'sealed' };
    expect(await routes.logout(again)).toBe('303 /signed-out?unfinished');
    expect(deleteCookie).toHaveBeenCalled();
  });

  test('that fails for another reason is an error', async () => {
    vi.mocked(readSession).mockRejectedValue(new Error('a fault'));
    await expect(routes.logout({})).rejects.toThrow('a fault');
    expect(deleteCookie).not.toHaveBeenCalled();
  });
});

describe('a call of Authentik', () => {
  const call = async (...tokens: string[]) => {
    vi.mocked(formBody).mockResolvedValue(new URLSearchParams(tokens.map((token) => ['logout_token', token])));
    const event: { status?: number } = {};
    const body = await routes.backChannel(event);
    return { ...event, body };
  };
  const token = { jti: 'one', exp: Date.now() / 1000 + 300, sub: 'person' };
  const refusal = (because: string) => ({
    status: 400,
    body: { error: 'invalid_request', error_description: `The logout token is refused: ${because}.` },
  });

  test.each([[['one', 'two']], [[]]])('that ends the sessions %j', async (ids) => {
    vi.mocked(verifyLogoutToken).mockResolvedValue({ ...token, jti: `ends ${ids.length}` });
    const end = vi.spyOn(sessions, 'end').mockResolvedValue(ids);
    expect(await call('token')).toEqual({ body: '' });
    expect(end).toHaveBeenCalledWith({ sub: 'person' });
    expect(vi.mocked(logSessionEnd).mock.calls.map(([, { reason, id }]) => [reason, id])).toEqual(
      ids.map((id) => ['back-channel', id]),
    );
    const { issuer } = oidc.openIdConfiguration;
    expect(verifyLogoutToken).toHaveBeenCalledWith('token', { issuer, clientId: 'portal' }, expect.any(Function));
  });

  test.each([[[]], [['one', 'two']]])('with the tokens %j', async (tokens) => {
    expect(await call(...tokens)).toEqual(refusal('the form must have one logout_token'));
    expect(verifyLogoutToken).not.toHaveBeenCalled();
  });

  test('with a token that is refused', async () => {
    vi.mocked(verifyLogoutToken).mockRejectedValue(new LogoutTokenRefused('it has expired'));
    expect(await call('token')).toEqual(refusal('it has expired'));
    expect(said).toEqual(['warn: A back-channel logout was refused: it has expired']);
  });

  test('that cannot be served now', async () => {
    vi.mocked(verifyLogoutToken).mockResolvedValue({ ...token, jti: 'later' });
    vi.spyOn(sessions, 'end').mockRejectedValue(new Error('Redis is down'));
    expect(await call('token')).toEqual({
      status: 400,
      body: { error: 'temporarily_unavailable', error_description: 'Please try again in a moment.' },
    });
    expect(said).toEqual(['warn: A back-channel logout failed: Redis is down']);
  });
});
