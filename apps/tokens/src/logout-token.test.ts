import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { describe, expect, test } from 'vitest';
import { LogoutTokenRefused, verifyLogoutToken } from './logout-token.ts';
import { KeysUnavailable } from './signing-keys.ts';

const realm = { issuer: 'https://auth.example/application/o/portal/', clientId: 'portal' };
const event = 'http://schemas.openid.net/event/backchannel-logout';
const now = new Date('2026-09-01T12:00:00Z');
const seconds = now.getTime() / 1000;

const rs256 = await generateKeyPair('RS256', { extractable: true });
const rs512 = await generateKeyPair('RS512', { extractable: true });
const foreign = await generateKeyPair('RS256');
const elliptic = await Promise.all(
  ['ES256', 'ES384', 'ES512'].map(async (alg) => ({ alg, ...(await generateKeyPair(alg, { extractable: true })) })),
);
const published = async (key: CryptoKey, kid: string) => ({ ...(await exportJWK(key)), kid });
const keys = createLocalJWKSet({
  keys: [
    await published(rs256.publicKey as CryptoKey, 'current'),
    await published(rs512.publicKey as CryptoKey, 'strong'),
    ...(await Promise.all(elliptic.map(({ alg, publicKey }) => published(publicKey as CryptoKey, alg)))),
  ],
});

const valid: JWTPayload = {
  iss: realm.issuer,
  aud: realm.clientId,
  iat: seconds,
  exp: seconds + 300,
  jti: 'one',
  events: { [event]: {} },
  sub: 'person',
  sid: 'session',
};
const sign = (
  claims: JWTPayload,
  { key = rs256.privateKey, alg = 'RS256', kid = 'current', typ = 'logout+jwt' } = {},
): Promise<string> => new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(key);
const verify = (token: string) => verifyLogoutToken(token, realm, keys, now);
const without = (...claims: string[]): JWTPayload =>
  Object.fromEntries(Object.entries(valid).filter(([claim]) => !claims.includes(claim)));

describe('a logout token is accepted', () => {
  test('with sid and sub', async () => {
    expect(await verify(await sign(valid))).toEqual({ jti: 'one', exp: seconds + 300, sid: 'session', sub: 'person' });
  });
  test.each(['sid', 'sub'])('without %s', async (claim) => {
    expect(await verify(await sign(without(claim)))).toMatchObject({ jti: 'one' });
  });
  test.each([
    ['an audience of several', { aud: ['another', 'portal'] }],
    ['a clock that is 5 minutes ahead', { iat: seconds + 300, exp: seconds + 600 }],
    ['a clock that is 4 minutes behind', { iat: seconds - 540, exp: seconds - 240 }],
    ['a day to live', { exp: seconds + 86_400 }],
  ])('with %s', async (_what, change) => {
    expect(await verify(await sign({ ...valid, ...change }))).toMatchObject({ jti: 'one' });
  });
  test.each(elliptic)('with a signature by $alg', async ({ alg, privateKey }) => {
    expect(await verify(await sign(valid, { key: privateKey, alg, kid: alg }))).toMatchObject({ jti: 'one' });
  });
});

describe('a logout token is refused', () => {
  test.each<[string, JWTPayload, RegExp]>([
    ['of another issuer', { ...valid, iss: 'https://auth.example/application/o/operator/' }, /claims: iss/],
    ['for another client', { ...valid, aud: 'operator' }, /claims: aud/],
    ['without an issuer', without('iss'), /claims: iss/],
    ['without an audience', without('aud'), /claims: aud/],
    ['that has expired', { ...valid, iat: seconds - 900, exp: seconds - 600 }, /expired/],
    ['without an end', without('exp'), /claims: exp/],
    ['of the future', { ...valid, iat: seconds + 600, exp: seconds + 900 }, /future/],
    ['that lasts for years', { ...valid, exp: seconds + 9e8 }, /more than a day/],
    ['whose end is no number of seconds', { ...valid, exp: seconds + 300.5 }, /claims: exp/],
    ['without its time', without('iat'), /claims: iat/],
    ['without an id', without('jti'), /claims: jti/],
    ['without events', without('events'), /claims: events/],
    ['with another event', { ...valid, events: { 'http://schemas.openid.net/event/other': {} } }, /claims: events/],
    ['with an event that is no object', { ...valid, events: { [event]: true } }, /claims: events/],
    ['with a nonce, as an id token', { ...valid, nonce: 'n' }, /claims: nonce/],
    ['with several faults', { ...valid, jti: '', nonce: 'n' }, /claims: jti, nonce$/],
    ['with neither sid nor sub', without('sid', 'sub'), /claims: sid and sub/],
  ])('%s', async (_what, claims, reason) => {
    const refused = await verify(await sign(claims)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LogoutTokenRefused);
    expect((refused as Error).message).toMatch(reason);
  });

  test.each<[string, string, () => Promise<string>]>([
    ['no JWT', 'it is no valid token', async () => 'garbage'],
    ['of another type', 'wrong claims: typ', () => sign(valid, { typ: 'JWT' })],
    ['signed by nobody', 'its algorithm is not accepted', async () => new UnsecuredJWT(valid).encode()],
    [
      'signed with another algorithm',
      'its algorithm is not accepted',
      () => sign(valid, { key: rs512.privateKey, alg: 'RS512', kid: 'strong' }),
    ],
    [
      'signed with a key that Authentik does not have',
      'its signature is wrong',
      () => sign(valid, { key: foreign.privateKey }),
    ],
    [
      'signed with a key that Authentik does not name',
      'its issuer does not have the key that signed it',
      () => sign(valid, { kid: 'gone' }),
    ],
    [
      'signed with the client secret',
      'its algorithm is not accepted',
      async () => new SignJWT(valid).setProtectedHeader({ alg: 'HS256', kid: 'current' }).sign(Buffer.alloc(32, 's')),
    ],
  ])('that is %s', async (_what, because, token) => {
    const refused = await verify(await token()).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(LogoutTokenRefused);
    expect((refused as Error).message).toBe(because);
  });
});

test('nothing of a token that anybody may write is repeated', async () => {
  const crit = 'x"\nAuthentik ended 999 sessions.\n\u001b[2J';
  const header = Buffer.from(JSON.stringify({ alg: 'RS256', kid: 'current', crit: [crit], [crit]: 1 })).toString(
    'base64url',
  );
  const token = [header, 'e30', 'AAAA'].join('.');
  await expect(verify(token)).rejects.toThrow(/^it is no valid token$/);
});

test('that the keys cannot be read is no fault of the token', async () => {
  const fault = new KeysUnavailable();
  const keysOf = () => Promise.reject(fault);
  await expect(verifyLogoutToken(await sign(valid), realm, keysOf, now)).rejects.toBe(fault);
});
