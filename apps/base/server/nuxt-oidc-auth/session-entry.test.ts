import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { namesOf } from '../settings/session-keys.ts';
import { isEndedAtAuthentik, isIssuedTo, readable, withNames, withTokens, type SessionEntry } from './session-entry.ts';

// The module's code imports `#imports`, which only Nuxt resolves. In this mock the `iv` of a token names its key.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken, iv }: { encryptedToken: string; iv: string }, key: string) => {
    if (iv !== key) throw new Error('Failed to decrypt');
    return encryptedToken;
  },
  encryptToken: (token: string, key: string) => Promise.resolve({ encryptedToken: token, iv: key }),
  parseJwtToken: (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
}));

const key = 'key of the tokens';
const encrypted = (token: string, iv = key) => ({ encryptedToken: token, iv });
const jwt = (claims: unknown): string =>
  [{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.';
const entryWith = (idToken?: string): SessionEntry => ({
  exp: 1,
  iat: 0,
  accessToken: encrypted('a'),
  ...(idToken !== undefined && { idToken: encrypted(idToken) }),
});

beforeAll(() => {
  vi.stubEnv('NUXT_OIDC_TOKEN_KEY', key);
});

describe('readable', () => {
  test.each([
    ['of another key', encrypted('a', 'another key')],
    ['that is missing', undefined],
  ])('is undefined for a token %s', async (_what, token) => {
    expect(await readable(token)).toBeUndefined();
  });

  test('is the token', async () => {
    expect(await readable(entryWith().accessToken)).toBe('a');
  });
});

describe('isIssuedTo', () => {
  test.each([
    [jwt({ aud: 'portal' }), true],
    [jwt({ aud: ['portal', 'another'] }), true],
    [jwt({ aud: 'another', preferred_username: 'forged' }), false],
    [jwt({ aud: 'portal-of-another' }), false],
    [jwt({}), false],
    [undefined, false],
  ])('%s: %s', async (idToken, is) => {
    expect(await isIssuedTo(entryWith(idToken), 'portal')).toBe(is);
  });
});

describe('withNames', () => {
  const names = namesOf({ sid: 's', sub: 'p' });

  test('adds the names of the id token', async () => {
    expect((await withNames(entryWith(jwt({ sid: 's', sub: 'p' })))).names).toEqual(names);
  });

  test.each([
    ['an id token without sid', jwt({ sub: 'p' })],
    ['no id token', undefined],
  ])('keeps the names that are there with %s', async (_what, idToken) => {
    expect((await withNames({ ...entryWith(idToken), names })).names).toEqual(names);
  });

  test('is empty for a token of another key', async () => {
    const entry = { ...entryWith(), idToken: encrypted(jwt({ sub: 'p' }), 'another key') };
    expect((await withNames(entry)).names).toEqual([]);
  });
});

describe('a session was ended at Authentik', () => {
  const lifetime = 86_400;
  const signedIn = { ...entryWith(), names: namesOf({ sid: 's', sub: 'p' }) };
  const refreshed = { sub: 'p', auth_time: 1000, iat: 2000 };
  const isEnded = (claims: object, entry: SessionEntry = signedIn, seconds = lifetime) =>
    isEndedAtAuthentik(entry, { access_token: 'a', id_token: jwt(claims) }, seconds);

  test('when it has no sid any more', async () => {
    expect(await isEnded(refreshed)).toBe(true);
    expect(await isEnded({ ...refreshed, iat: 1000 + lifetime - 1 })).toBe(true);
    const unindexed = entryWith(jwt({ sub: 'p', sid: 's' }));
    expect(await isEnded(refreshed, unindexed), 'an entry of an earlier release').toBe(true);
  });

  test.each([
    ['it has its sid', { ...refreshed, sid: 's' }],
    ['it may have expired', { ...refreshed, iat: 1000 + lifetime }],
    ['the time of the sign-in is unknown', { sub: 'p', iat: 2000 }],
    ['the id token names nobody', { auth_time: 1000, iat: 2000 }],
  ])('but not when %s', async (_what, claims) => {
    expect(await isEnded(claims)).toBe(false);
  });

  test('but not when the app never knew its sid, there is no id token, or the lifetime is 0', async () => {
    expect(await isEnded(refreshed, { ...signedIn, names: namesOf({ sub: 'p' }) })).toBe(false);
    expect(await isEnded(refreshed, entryWith())).toBe(false);
    expect(await isEndedAtAuthentik(signedIn, { access_token: 'a' }, lifetime)).toBe(false);
    expect(await isEnded(refreshed, signedIn, 0)).toBe(false);
  });
});

describe('withTokens', () => {
  const accessToken = jwt({ iat: 1_000, exp: 1_300 });
  const before = { ...entryWith('id'), refreshToken: encrypted('refresh'), names: ['sid:s'] };

  afterEach(() => vi.useRealTimers());

  test('has the new tokens, and a lifetime on the clock of this machine', async () => {
    vi.useFakeTimers({ now: 5_000_000 });
    const tokens = { access_token: accessToken, refresh_token: 'refresh-2', id_token: jwt({ sub: 'p' }) };
    expect(await withTokens(before, tokens)).toEqual({
      exp: 5_300,
      iat: 5_000,
      renewed: true,
      accessToken: encrypted(accessToken),
      refreshToken: encrypted('refresh-2'),
      idToken: encrypted(jwt({ sub: 'p' })),
      names: ['sid:s'],
    });
  });

  test('keeps the refresh token and the id token that were not sent again', async () => {
    const { refreshToken, idToken } = await withTokens(before, { access_token: accessToken });
    expect({ refreshToken, idToken }).toEqual({ refreshToken: encrypted('refresh'), idToken: encrypted('id') });
  });

  test.each([
    ['no JWT', 'garbage'],
    ['a JWT of nothing', jwt(null)],
    ['a JWT of a text', jwt('x')],
    ['a JWT whose session has no name', jwt({ sid: 5 })],
  ])('keeps the id token when the new one is %s, with which no store would take the entry', async (_what, id) => {
    const entry = await withTokens(before, { access_token: accessToken, refresh_token: 'refresh-2', id_token: id });
    expect([entry.idToken, entry.refreshToken]).toEqual([encrypted('id'), encrypted('refresh-2')]);
  });

  test('adds none where neither was there before', async () => {
    const entry = await withTokens(entryWith(), { access_token: accessToken });
    expect(Object.keys(entry).toSorted()).toEqual(['accessToken', 'exp', 'iat', 'renewed']);
  });
});
