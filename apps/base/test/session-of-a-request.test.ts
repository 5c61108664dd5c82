import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { H3Event } from 'h3';
import type { SessionEntry } from '../server/nuxt-oidc-auth/session-entry.ts';
import { hideSession, sessionConfig } from '../server/nuxt-oidc-auth/session.ts';
import { readSession } from '../server/sessions/read-session.ts';
import { labelOf } from '../server/settings/session-keys.ts';
import { sessions } from '../server/sessions/sessions.ts';

// Sealing cookies and encrypting tokens needs Nuxt; the specs cover it. In this mock a flag marks a valid cookie or
// token.
vi.mock('h3', async (original) => ({
  ...(await original<object>()),
  unsealSession: async (_event: unknown, _config: unknown, cookie: string) => {
    if (cookie !== 'sealed') throw new Error('Bad seal');
    return {};
  },
}));
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken }: { encryptedToken: string }) => {
    if (!encryptedToken.startsWith('{')) throw new Error('Failed to decrypt');
    return encryptedToken;
  },
  parseJwtToken: (token: string): unknown => JSON.parse(token),
}));

const useSession = vi.fn();
const setResponseHeader = vi.fn();
const user = { provider: 'oidc', claims: { sub: 'anna' } };
const accessToken = JSON.stringify({ sub: 'anna' });
const entryOf = (encryptedToken: string): SessionEntry => ({
  exp: 2,
  iat: 1,
  accessToken: { encryptedToken, iv: '' },
});

/** A request with a session cookie. */
const requestWith = (cookie?: string) => ({ cookie }) as unknown as H3Event;

beforeAll(() => {
  vi.stubEnv('NUXT_OIDC_SESSION_SECRET', 'secret');
  vi.stubGlobal('useRuntimeConfig', () => ({ oidc: { session: { maxAge: 7 } } }));
  vi.stubGlobal('getCookie', ({ cookie }: { cookie?: string }, name: string) =>
    name === 'nuxt-oidc-auth' ? cookie : undefined,
  );
  vi.stubGlobal('useSession', useSession);
  vi.stubGlobal('setResponseHeader', setResponseHeader);
});
beforeEach(() => {
  vi.clearAllMocks();
  useSession.mockResolvedValue({ id: 'one', data: user });
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('the session of a request', () => {
  const stored = (entry: SessionEntry | null) => vi.spyOn(sessions, 'read').mockResolvedValue(entry);

  test.each([
    [undefined, 'none'],
    ['', 'none'],
    ['sealed with another secret', 'unsealed'],
  ])('is none with the cookie %j, which stays', async (cookie, reason) => {
    expect(await readSession(requestWith(cookie))).toEqual({ state: 'absent', reason });
    // It would send a new cookie.
    expect(useSession).not.toHaveBeenCalled();
  });

  test('is none with a cookie of nobody', async () => {
    useSession.mockResolvedValue({ id: 'one', data: {} });
    expect(await readSession(requestWith('sealed'))).toEqual({ state: 'absent', reason: 'none' });
  });

  test('is the stored one', async () => {
    const read = stored(entryOf(accessToken));
    expect(await readSession(requestWith('sealed'))).toEqual({
      state: 'stored',
      id: 'one',
      user,
      entry: entryOf(accessToken),
      accessToken,
    });
    expect(read).toHaveBeenCalledWith('one');
  });

  test.each(['', 'cut of', 7, [], { ...entryOf(accessToken), exp: null }, { ...entryOf(accessToken), names: 5 }])(
    'is unreadable when its entry is %j',
    async (entry) => {
      stored(entry as unknown as SessionEntry);
      const absent = { state: 'absent', id: 'one' };
      expect(await readSession(requestWith('sealed'))).toMatchObject({
        ...absent,
        reason: entry === '' ? 'missing' : 'unreadable',
      });
    },
  );

  test.each([
    [null, undefined, 'missing'],
    [null, 'signed-out', 'signed-out'],
    [entryOf('of another key'), undefined, 'unreadable'],
  ] as const)('is absent when the store has %j and remembers %s', async (entry, ended, reason) => {
    stored(entry);
    vi.spyOn(sessions, 'endReason').mockResolvedValue(ended);
    expect(await readSession(requestWith('sealed'))).toEqual({ state: 'absent', reason, id: 'one' });
    expect(setResponseHeader).toHaveBeenCalledWith(expect.anything(), 'x-session', labelOf('one'));
  });

  test('is opened as the module seals it', () => {
    expect(sessionConfig(requestWith())).toEqual({ maxAge: 7, name: 'nuxt-oidc-auth', password: 'secret' });
  });
});

describe('a hidden session', () => {
  const hidden = (cookie: string | undefined, context: object = {}) => {
    const event = { context, node: { req: { headers: cookie === undefined ? {} : { cookie } } } };
    hideSession(event as unknown as H3Event);
    return { context, headers: event.node.req.headers };
  };

  test('is in no cookie, and the others stay', () => {
    const others = 'a=1; oidc=2; nuxt-oidc-authentic=3; b=nuxt-oidc-auth=';
    expect(hidden(`nuxt-oidc-auth=x; ${others}; __Host-nuxt-oidc-auth=y`).headers).toEqual({ cookie: others });
  });

  test('is not in the context that h3 keeps, and others are', () => {
    expect(hidden('a=1', { sessions: { 'nuxt-oidc-auth': {}, oidc: {} } }).context).toEqual({ sessions: { oidc: {} } });
  });

  test('may be none', () => {
    expect(hidden(undefined)).toEqual({ context: {}, headers: {} });
  });
});
