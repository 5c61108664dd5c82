import { beforeAll, describe, expect, test, vi } from 'vitest';
import { namesOf } from '../sessions/session-names.ts';
import {
  expiryOf,
  isIssuedTo,
  isReadable,
  readable,
  withNames,
  withTokens,
  type SessionEntry,
} from './session-entry.ts';

// The module's code imports `#imports`, which only Nuxt resolves. In this mock the `iv` of a token names its key.
vi.mock('nuxt-oidc-auth/runtime/server/utils/security.js', () => ({
  decryptToken: async ({ encryptedToken, iv }: { encryptedToken: string; iv: string }, key: string) => {
    if (iv !== key) throw new Error('Failed to decrypt');
    return encryptedToken;
  },
  encryptToken: async (encryptedToken: string, iv: string) => ({ encryptedToken, iv }),
  parseJwtToken: (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()),
}));

const key = 'key of the tokens';
const encrypted = (token: string, iv = key) => ({ encryptedToken: token, iv });
const jwt = (claims: object): string =>
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
    expect(await isReadable(entryWith())).toBe(true);
    expect(await isReadable({ ...entryWith(), accessToken: encrypted('a', 'another key') })).toBe(false);
  });
});

test('a token expires when it says, and one that does not say has expired', () => {
  expect([expiryOf(jwt({ exp: 7 })), expiryOf(jwt({}))]).toEqual([7, 0]);
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

describe('withTokens', () => {
  const before = { ...entryWith('id token'), refreshToken: encrypted('refresh token'), names: ['sid:s'] };

  test('keeps what was not sent again', async () => {
    const { iat, exp, ...rest } = await withTokens(before, { access_token: jwt({ iat: 100, exp: 400 }) });
    expect(exp - iat).toBe(300);
    expect(rest).toEqual({
      accessToken: encrypted(jwt({ iat: 100, exp: 400 })),
      refreshToken: before.refreshToken,
      idToken: before.idToken,
      names: before.names,
    });
  });

  test('replaces what was', async () => {
    const tokens = { access_token: jwt({}), refresh_token: 'another refresh token', id_token: 'another id token' };
    expect(await withTokens(before, tokens)).toMatchObject({
      refreshToken: encrypted('another refresh token'),
      idToken: encrypted('another id token'),
    });
  });
});
