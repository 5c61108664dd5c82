import { IncomingMessage, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { H3Event } from 'h3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { labelOf } from '../settings/session-keys.ts';
import { redeemCode } from './redeem-code.ts';

interface Attempt {
  node: { res: ServerResponse };
  context: Record<string, unknown>;
}

// Only Nuxt resolves nuxt-oidc-auth's callback, which stores the session and responds with a cookie and a redirect.
const mocks = vi.hoisted(() => ({
  callback: (_attempt: Attempt): Promise<void> => Promise.resolve(),
  isIssuedTo: (_entry: unknown, _client: string): Promise<boolean> => Promise.resolve(true),
  claims: {} as object,
  /** Ends the wait for Authentik. */
  timeOut: (): void => {},
  waits: [] as unknown[],
  StoreError: class extends Error {},
}));
vi.mock('nuxt-oidc-auth/runtime/server/handler/callback.js', () => ({
  default: (attempt: Attempt) => mocks.callback(attempt),
}));
vi.mock('nuxt-oidc-auth/runtime/server/utils/session.js', () => ({
  getUserSessionId: () => Promise.resolve('new-session'),
}));
vi.mock('./session-entry.ts', () => ({
  isIssuedTo: (entry: unknown, client: string) => mocks.isIssuedTo(entry, client),
  accessClaims: () => mocks.claims,
  decrypt: async () => 'an access token',
}));
vi.mock('h3', () => ({
  createEvent: (req: IncomingMessage, res: ServerResponse) => ({ node: { req, res }, context: {} }),
  isError: (error: unknown) => error instanceof mocks.StoreError,
}));
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number, value: unknown, options: object) => {
    mocks.waits.push([ms, options]);
    return new Promise((resolve) => {
      mocks.timeOut = () => resolve(value);
    });
  },
}));

const entry = {
  exp: 1,
  accessToken: { encryptedToken: 'access', iv: '' },
  refreshToken: { encryptedToken: 'refresh', iv: '' },
};
const setResponseHeader = vi.fn();
const store = {
  time: vi.fn(),
  read: vi.fn(),
  endedSince: vi.fn(),
};
const discard = vi.fn();
const cookies = ['oidc-session=1', 'attempt='];
let sent: string[];
let late: Array<Promise<unknown>>;
let event: H3Event;

const signedIn = { id: 'new-session', entry };

/** The failure that the user sees, and the cookies that the browser receives. */
const outcome = async () => ({ failed: await redeemCode(event, store, discard), sent });

/** A successful callback of the module. */
const signIn = async ({ node }: Attempt): Promise<void> => {
  node.res.setHeader('set-cookie', cookies);
  node.res.setHeader('location', '/home');
};

beforeEach(() => {
  store.time.mockResolvedValue(100);
  store.read.mockResolvedValue(entry);
  store.endedSince.mockResolvedValue(false);
  discard.mockReset();
  sent = [];
  late = [];
  mocks.waits = [];
  mocks.callback = signIn;
  mocks.isIssuedTo = () => Promise.resolve(true);
  mocks.claims = { sub: 'person', auth_time: 1 };
  event = {
    node: { req: new IncomingMessage(new Socket()) },
    context: { sessions: { oidc: 'previous' }, clientAddress: '192.0.2.1' },
    waitUntil: (work: Promise<unknown>) => late.push(work),
  } as unknown as H3Event;
  vi.stubGlobal('useRuntimeConfig', () => ({
    oidc: { providers: { oidc: { callbackRedirectUrl: '/home', clientId: 'portal' } } },
  }));
  setResponseHeader.mockClear();
  vi.stubGlobal('setResponseHeader', setResponseHeader);
  vi.stubGlobal('appendResponseHeader', (to: H3Event, name: string, value: string) => {
    if (to === event && name === 'set-cookie') sent.push(value);
  });
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a sign-in sends the cookies of the new session, and logs nothing', async () => {
  const issuedTo = vi.fn(() => Promise.resolve(true));
  mocks.isIssuedTo = issuedTo;
  expect(await redeemCode(event, store, discard)).toEqual(signedIn);
  expect(sent).toEqual(cookies);
  expect(setResponseHeader).toHaveBeenCalledExactlyOnceWith(event, 'x-session', labelOf('new-session'));
  expect(store.read).toHaveBeenCalledWith('new-session');
  expect(issuedTo).toHaveBeenCalledWith(entry, 'portal');
  expect(discard).not.toHaveBeenCalled();
  expect(console.error).not.toHaveBeenCalled();
  expect(console.warn).not.toHaveBeenCalled();
  expect(mocks.waits, 'at most 4 s, which do not keep the process').toEqual([[4000, { ref: false }]]);
});

test('a sign-in with an access token that lasts for long says so in the log', async () => {
  store.read.mockResolvedValue({ ...entry, iat: 0, exp: 3600 });
  expect(await redeemCode(event, store, discard)).toMatchObject({ id: 'new-session' });
  expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('last 3600 s'));
});

test('a sign-in without a cookie sends none', async () => {
  mocks.callback = async ({ node }) => void node.res.setHeader('location', '/home');
  expect(await redeemCode(event, store, discard)).toEqual(signedIn);
  expect(sent).toEqual([]);
});

test('the module sees the request without the session that the browser already has', async () => {
  let seen: Record<string, unknown> = {};
  mocks.callback = async (attempt) => {
    seen = attempt.context;
    await signIn(attempt);
  };
  await redeemCode(event, store, discard);
  expect(seen).toEqual({ clientAddress: '192.0.2.1' });
  expect(event.context['sessions'], 'of the request itself').toEqual({ oidc: 'previous' });
});

describe('a sign-in fails, and sends no cookie', () => {
  test('with the error of a store that does not answer', async () => {
    const error = new mocks.StoreError('503');
    mocks.callback = () => Promise.reject(error);
    await expect(outcome()).rejects.toBe(error);
    expect(sent).toEqual([]);
  });

  test('when the token endpoint sends no tokens; the log has the error of the module', async () => {
    const error = new TypeError('no tokens');
    mocks.callback = () => Promise.reject(error);
    expect(await outcome()).toEqual({ failed: 'unavailable', sent: [] });
    expect(console.error).toHaveBeenCalledWith(error);
  });

  test('when the module redirects to another place than after a sign-in', async () => {
    mocks.callback = async (attempt) => {
      await signIn(attempt);
      attempt.node.res.setHeader('location', '/');
    };
    expect(await outcome()).toEqual({ failed: 'unavailable', sent: [] });
    expect(store.read).not.toHaveBeenCalled();
  });

  test('when the module stored no session, because there is no refresh token', async () => {
    store.read.mockResolvedValue(null);
    expect(await outcome()).toEqual({ failed: 'misconfigured', sent: [] });
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('offline_access'));
  });

  test('when the store has lost the session that the module stored', async () => {
    mocks.callback = async (attempt) => {
      attempt.context['sessions'] = { 'nuxt-oidc-auth': { data: { canRefresh: true } } };
      await signIn(attempt);
    };
    store.read.mockResolvedValue(null);
    expect(await outcome()).toEqual({ failed: 'unavailable', sent: [] });
  });

  test.each([{ sub: 'person' }, { auth_time: 1 }])(
    'when the access token has only %j; the session is removed',
    async (claims) => {
      mocks.claims = claims;
      expect(await outcome()).toEqual({ failed: 'misconfigured', sent: [] });
      expect(discard).toHaveBeenCalledWith(signedIn);
      expect(console.error).toHaveBeenCalledWith(expect.stringContaining('no sub or no auth_time'));
    },
  );

  test('when Authentik ended the session since the code began to be redeemed; it is removed', async () => {
    const order: string[] = [];
    store.time.mockImplementation(async () => {
      order.push('time');
      return 100;
    });
    mocks.callback = async (attempt) => {
      order.push('callback');
      await signIn(attempt);
    };
    store.endedSince.mockResolvedValue(true);
    expect(await outcome()).toEqual({ failed: 'unavailable', sent: [] });
    expect(order).toEqual(['time', 'callback']);
    expect(store.endedSince).toHaveBeenCalledWith(entry, 100);
    expect(discard).toHaveBeenCalledWith(signedIn);
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining('Authentik ended a session'));
  });

  test('when the tokens are of another client; the session is removed', async () => {
    mocks.isIssuedTo = () => Promise.resolve(false);
    expect(await outcome()).toEqual({ failed: 'misconfigured', sent: [] });
    expect(discard).toHaveBeenCalledWith(signedIn);
    expect(console.error).toHaveBeenCalledWith(expect.stringContaining('another client than portal'));
  });
});

describe('a sign-in that Authentik does not answer in time', () => {
  /** The module's response, which arrives late. */
  let authentik: PromiseWithResolvers<void>;

  /** The outcome for the user while Authentik has not responded. */
  const gaveUp = async () => {
    authentik = Promise.withResolvers<void>();
    mocks.callback = async (attempt) => {
      await authentik.promise;
      await signIn(attempt);
    };
    const given = outcome();
    mocks.timeOut();
    return given;
  };

  test('fails, and leaves no session when it is answered after all', async () => {
    expect(await gaveUp()).toEqual({ failed: 'unavailable', sent: [] });
    expect(console.error).toHaveBeenCalledWith(
      expect.stringMatching(/^Authentik did not answer a sign-in within 4000 ms/),
    );
    expect(discard).not.toHaveBeenCalled();
    authentik.resolve();
    await Promise.all(late);
    expect(late, 'goes on after the response').toHaveLength(1);
    expect(discard).toHaveBeenCalledExactlyOnceWith(signedIn);
    expect(console.warn).toHaveBeenCalledWith('An abandoned sign-in finished late. Its session is removed.');
    expect(sent).toEqual([]);
  });

  test('has no session to remove when it fails after all', async () => {
    await gaveUp();
    authentik.reject(new TypeError('no tokens'));
    await Promise.all(late);
    expect(discard).not.toHaveBeenCalled();
    expect(console.warn).not.toHaveBeenCalled();
  });

  test('logs the error of a store that does not answer after all', async () => {
    await gaveUp();
    const error = new mocks.StoreError('503');
    authentik.reject(error);
    await Promise.all(late);
    expect(console.error).toHaveBeenLastCalledWith(error);
  });
});
