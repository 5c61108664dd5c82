import type { H3Event } from 'h3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SessionEntry } from '../server/nuxt-oidc-auth/session-entry.ts';
import { activeSession, type ActiveSession } from '../server/sessions/active-session.ts';
import { readSession } from '../server/sessions/read-session.ts';
import { recentFailures } from '../server/sessions/recent-failures.ts';
import { busy } from '../server/sessions/refresh-lock.ts';
import { sessions } from '../server/sessions/sessions.ts';
import { refreshTokens, revokeToken } from '../server/authentik/token-endpoint.ts';

// Reading cookies and encrypting tokens needs Nuxt; the specs cover it. In this mock a token is its claims.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken }: { encryptedToken: string }) => encryptedToken,
  encryptToken: async (encryptedToken: string) => ({ encryptedToken, iv: '' }),
  parseJwtToken: (token: string): unknown => JSON.parse(token),
}));
vi.mock('../server/sessions/read-session.ts', () => ({ readSession: vi.fn() }));
vi.mock('../server/sessions/session-log.ts', () => ({ logSessionEnd: vi.fn(), linesSince: () => written.lines }));
const written = vi.hoisted(() => ({ lines: 1 as number | undefined }));
vi.mock('../server/authentik/token-endpoint.ts', () => ({
  refreshTokens: vi.fn(),
  revokeToken: vi.fn(),
  tokenEndpoint: (timeout: number) => ({ timeout }),
}));

const now = Date.parse('2026-09-01T12:00:00Z') / 1000;
const token = (exp: number, jti = 'old'): string => JSON.stringify({ iat: exp - 300, exp, jti, auth_time: now - 7200 });
/** An entry whose tokens were issued this many seconds ago, for five minutes. */
const issuedAgo = (seconds: number): SessionEntry => ({
  iat: now - seconds,
  exp: now - seconds + 300,
  names: ['sub:person'],
  accessToken: { encryptedToken: token(now - seconds + 300), iv: '' },
  refreshToken: { encryptedToken: 'refresh', iv: '' },
});
const stored = (entry: SessionEntry, claims: object = { sub: 'person' }) => {
  const { encryptedToken: accessToken } = entry.accessToken;
  const user = { provider: 'oidc', claims } as never;
  vi.mocked(readSession).mockResolvedValue({ state: 'stored', id: 'one', user, entry, accessToken });
  vi.spyOn(sessions, 'read').mockResolvedValue(entry);
};
const renewed = token(now + 300, 'new');
const authentikGives = (answer: Awaited<ReturnType<typeof refreshTokens>>) =>
  vi.mocked(refreshTokens).mockResolvedValue(answer);
const unavailable = {
  statusCode: 503,
  message: 'Your session cannot be renewed right now. Please try again in a moment.',
  data: { reason: 'not-renewed' },
};
const limits = { idleSeconds: 3600, maxSeconds: 86_400 };
const said: string[] = [];
const later: Array<Promise<unknown>> = [];
const eventOf = () =>
  ({ context: { requestId: 'r1' }, waitUntil: (work: Promise<unknown>) => later.push(work) }) as unknown as H3Event;

beforeAll(() => {
  vi.stubGlobal('useRuntimeConfig', () => limits);
  vi.useFakeTimers({ now: now * 1000, toFake: ['Date'] });
});
beforeEach(() => {
  vi.clearAllMocks();
  recentFailures.clear();
  said.length = 0;
  later.length = 0;
  for (const method of ['warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void said.push(line));
  vi.spyOn(sessions, 'replace').mockResolvedValue(true);
  vi.spyOn(sessions, 'remove').mockResolvedValue(true);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test.each(['none', 'missing', 'back-channel'] as const)('there is none when it is %s', async (reason) => {
  vi.mocked(readSession).mockResolvedValue({ state: 'absent', reason, id: 'one' });
  expect(await activeSession(eventOf())).toEqual({ none: reason, id: 'one' });
});

test('with tokens that are valid it has these', async () => {
  stored(issuedAgo(10));
  expect(await activeSession(eventOf())).toMatchObject({ user: { provider: 'oidc' }, accessToken: token(now + 290) });
  expect(refreshTokens).not.toHaveBeenCalled();
});

test('it is over as too-old when its cookie does not say whose it is', async () => {
  stored(issuedAgo(10), {});
  expect(await activeSession(eventOf())).toEqual({ none: 'too-old', id: 'one' });
});

test.each<[string, () => unknown]>([
  [
    'status 503',
    () => vi.mocked(revokeToken).mockRejectedValueOnce(new Error('no')).mockRejectedValueOnce(new Error('status 503')),
  ],
  [
    'a refresh of its session does not end',
    () => vi.spyOn(sessions.lock, 'alone').mockRejectedValue(new Error('a refresh of its session does not end')),
  ],
])('a refresh token that cannot be revoked is a line of the log: %s', async (reason, fail) => {
  fail();
  stored(issuedAgo(3601));
  await activeSession(eventOf());
  await Promise.all(later);
  expect(said).toEqual([`A refresh token could not be revoked: ${reason}.`]);
});

describe('when its tokens are due', () => {
  beforeEach(() => stored(issuedAgo(290)));

  test('it is removed from the store when Authentik refuses them so late that no request waits any more', async () => {
    authentikGives({ outcome: 'rejected' });
    vi.spyOn(sessions.lock, 'shared').mockImplementation(async (_id, task) => {
      await task();
      return busy;
    });
    expect(await activeSession(eventOf())).toMatchObject({ accessToken: token(now + 10) });
    expect(sessions.remove).toHaveBeenCalledExactlyOnceWith('one', 'refused');
  });

  test.each([
    [0, 2000],
    [5000, 5000],
    [86_400_000, 10_000],
  ])('with Retry-After of %i ms it is renewed again after %i', async (retryAfterMs, pause) => {
    vi.useFakeTimers({ now: now * 1000 });
    stored(issuedAgo(271));
    authentikGives({ outcome: 'unavailable', reason: 'status 503', retryAfterMs });
    for (let call = 0; call < 100; call += 1) await activeSession(eventOf());
    vi.advanceTimersByTime(pause - 1);
    await activeSession(eventOf());
    expect(refreshTokens).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1);
    await activeSession(eventOf());
    expect(refreshTokens).toHaveBeenCalledTimes(2);
    vi.useFakeTimers({ now: now * 1000, toFake: ['Date'] });
  });

  test('it is over only when the store has ended it', async () => {
    authentikGives({ outcome: 'rejected' });
    vi.mocked(sessions.remove).mockRejectedValueOnce(new Error('Redis refuses writes'));
    expect(await activeSession(eventOf())).toMatchObject({ accessToken: token(now + 10) });
  });

  test('it is over when another request has ended it', async () => {
    authentikGives({ outcome: 'refreshed', tokens: { access_token: renewed, refresh_token: 'unused' } });
    vi.mocked(sessions.replace).mockResolvedValue(false);
    const entry = issuedAgo(290);
    for (const next of [entry, null, entry, null]) vi.mocked(sessions.read).mockResolvedValueOnce(next);
    vi.spyOn(sessions, 'endReason').mockResolvedValueOnce('signed-out').mockResolvedValue(undefined);
    expect(await activeSession(eventOf())).toEqual({ none: 'signed-out', id: 'one' });
    await Promise.all(later);
    expect(revokeToken, 'of the refresh token that nobody has').toHaveBeenCalledExactlyOnceWith(
      expect.anything(),
      'unused',
    );
    expect(await activeSession(eventOf())).toEqual({ none: 'missing', id: 'one' });
  });

  test('a failure that was logged a moment ago is not logged again', async () => {
    onTestFinished(() => void (written.lines = 1));
    written.lines = undefined;
    authentikGives({ outcome: 'unavailable', reason: 'it answered 500' });
    await activeSession(eventOf());
    expect(said).toEqual([]);
  });

  test('a refresh that fails is in the log, also when nobody waits for it', async () => {
    vi.mocked(sessions.read).mockRejectedValue(new Error('Redis is down'));
    expect(await activeSession(eventOf())).toMatchObject({ accessToken: token(now + 10) });
    expect(said).toEqual([
      'A refresh failed: Redis is down',
      'Tokens could not be renewed (request r1): Redis is down.',
    ]);
  });
});

test('renewed tokens are valid for their lifetime by this clock, if that of Authentik is at most 5 minutes behind', async () => {
  const behind = (seconds: number) => {
    const accessToken = { encryptedToken: token(now + 10 - seconds), iv: '' };
    stored({ ...issuedAgo(290), renewed: true, accessToken });
    return activeSession(eventOf());
  };
  authentikGives({ outcome: 'unavailable', reason: 'it answered 500' });
  expect(await behind(300)).toMatchObject({ accessToken: token(now - 290) });
  await expect(behind(311)).rejects.toMatchObject(unavailable);
});

test.each([300, 301])('with tokens that were issued %i s ago, and are over, it is a 503', async (seconds) => {
  stored(issuedAgo(seconds));
  authentikGives({ outcome: 'unavailable', reason: 'it answered 500' });
  await expect(activeSession(eventOf())).rejects.toMatchObject(unavailable);
});

describe('tokens that platform-api refuses', () => {
  const renew = async () => ((await activeSession(eventOf())) as ActiveSession).renew();
  beforeEach(() => stored(issuedAgo(10)));

  test('are not renewed again when another request has done so', async () => {
    const active = (await activeSession(eventOf())) as ActiveSession;
    vi.mocked(sessions.read).mockResolvedValue({ ...issuedAgo(0), accessToken: { encryptedToken: renewed, iv: '' } });
    expect(await active.renew()).toEqual({ accessToken: renewed });
    expect(refreshTokens).not.toHaveBeenCalled();
  });

  test('end the session when Authentik refuses them as well', async () => {
    authentikGives({ outcome: 'rejected' });
    expect(await renew()).toEqual({ over: 'refused' });
  });
});
