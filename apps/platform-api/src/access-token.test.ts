import { delay, http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cpuOf, cpuOfEncoding } from '../../environment/test/cpu.ts';
import { hang } from '../../../fixtures/upstreams/behaviour.ts';
import { authUrl, claimsOf, Issuer, issuerOf } from '../test/authentik.ts';
import { createTokenVerifier } from './access-token.ts';
import { readConfig } from './config.ts';

const config = readConfig({ AUTH_URL: authUrl, UPSTREAM_TIMEOUT_MS: '1000' });
const jwksUrl = `${authUrl}/application/o/:slug/jwks/`;
const now = () => Math.floor(Date.now() / 1000);

const server = setupServer();
let issuer: Issuer;
let verify: ReturnType<typeof createTokenVerifier>;

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
beforeEach(async () => {
  issuer = await Issuer.create();
  server.use(...issuer.handlers());
  verify = createTokenVerifier(config, (...request) => fetch(...request));
});
afterEach(() => {
  vi.useRealTimers();
  server.resetHandlers();
});
afterAll(() => server.close());

const bearer = async (token: string | Promise<string>) => `Bearer ${await token}`;

test.each(['operator', 'portal'])('a good token of %s names its person', async (slug) => {
  await expect(verify(await issuer.authorization(slug))).resolves.toEqual({
    subject: 'a'.repeat(64),
    username: 'olivia',
    name: 'Olivia Operator',
    email: 'olivia@dezky.example',
    groups: ['dezky-operators'],
    application: slug,
  });
});

test.each([undefined, 'Basic b2xpdmlhOnB3', 'Bearer two words', 'Negotiate Bearer opaque'])(
  '%j carries no token',
  async (header) => {
    await expect(verify(header)).rejects.toMatchObject({
      code: 'missing_token',
      status: 401,
      message: 'This route needs an access token in the Authorization header, as Bearer.',
      headers: { 'www-authenticate': 'Bearer' },
    });
  },
);

test('the scheme is case-insensitive, and several spaces may follow it (RFC 9110 sections 11.1 and 11.4)', async () => {
  const authorization = await issuer.authorization('portal');
  await expect(verify(authorization.replace('Bearer ', 'bearer   '))).resolves.toMatchObject({ username: 'olivia' });
});

test('a person in no group has none', async () => {
  const authorization = await issuer.authorization('portal', { groups: undefined });
  await expect(verify(authorization)).resolves.toMatchObject({ groups: [] });
});

const wrong = (claim: string): string => `The claim ${claim} of the access token is wrong.`;
const otherIssuer = 'The issuer of the access token is not accepted here.';
const otherAlgorithm = 'The access token is signed with an algorithm not accepted here.';
const noAccessToken = 'The token is not an access token of portal.';

const signed = (slug: string, changes: Record<string, unknown>) => () => issuer.sign(claimsOf(slug, changes));
const refused: Array<[what: string, token: () => string | Promise<string>, because: string]> = [
  ['expired', signed('portal', { exp: now() - 310 }), 'The access token has expired.'],
  ['without an expiry', signed('portal', { exp: undefined }), wrong('exp')],
  ['without a subject', signed('portal', { sub: undefined }), wrong('sub')],
  ['not valid yet', signed('portal', { nbf: now() + 400 }), wrong('nbf')],
  ['of an audience unknown here', signed('portal', { aud: 'grafana' }), wrong('aud')],
  ['without an audience', signed('portal', { aud: undefined }), wrong('aud')],
  ['of an issuer elsewhere', signed('portal', { iss: 'https://evil.example/application/o/portal/' }), otherIssuer],
  ['of an issuer without the slash', signed('portal', { iss: issuerOf('portal').slice(0, -1) }), otherIssuer],
  ['without an issuer', signed('portal', { iss: undefined }), otherIssuer],
  ['for portal, of the issuer operator', signed('portal', { iss: issuerOf('operator') }), wrong('aud')],
  ['for operator, of the issuer portal', signed('operator', { iss: issuerOf('portal') }), wrong('aud')],
  ['that is an ID token', signed('portal', { azp: undefined }), noAccessToken],
  ['issued to another client', signed('portal', { azp: 'grafana' }), noAccessToken],
  [
    'signed with an unknown key',
    () => issuer.sign(claimsOf('portal'), { kid: 'key-2' }),
    'The access token is signed with a key its issuer does not have.',
  ],
  [
    'signed by somebody else',
    async () => (await Issuer.create()).sign(claimsOf('portal')),
    'The signature of the access token is wrong.',
  ],
  ['with alg none', () => new UnsecuredJWT(claimsOf('portal')).encode(), otherAlgorithm],
  [
    'with HS256 and the public key for a secret',
    () =>
      new SignJWT(claimsOf('portal'))
        .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
        .sign(new TextEncoder().encode(JSON.stringify(issuer.publicJwk))),
    otherAlgorithm,
  ],
  ['that is no JWT', () => 'opaque-token', 'The access token is not a JWT.'],
];

test.each(refused)('a token %s is refused, and the answer says why', async (_, token, because) => {
  await expect(verify(await bearer(token()))).rejects.toMatchObject({
    code: 'invalid_token',
    status: 401,
    headers: { 'www-authenticate': `Bearer error="invalid_token", error_description="${because}"` },
  });
});

test('a token whose payload was changed is refused', async () => {
  const [header, , signature] = (await issuer.sign(claimsOf('portal', { groups: [] }))).split('.');
  const payload = Buffer.from(JSON.stringify(claimsOf('portal'))).toString('base64url');
  await expect(verify(`Bearer ${header}.${payload}.${signature}`)).rejects.toMatchObject({ code: 'invalid_token' });
});

test('a token without the profile scope lacks scope, not validity', async () => {
  await expect(verify(await issuer.authorization('portal', { preferred_username: undefined }))).rejects.toMatchObject({
    code: 'insufficient_scope',
    status: 403,
    message: 'The access token names no user; request the profile scope at sign-in.',
    headers: { 'www-authenticate': expect.stringContaining('error="insufficient_scope"') },
  });
});

test.each([
  ['answers 500', () => new HttpResponse(null, { status: 500 })],
  ['never answers', ({ request }: { request: Request }) => hang(request)],
  [
    'responds after half of the timeout',
    async () => (await delay(700), HttpResponse.json({ keys: [issuer.publicJwk] })),
  ],
])('a key set that %s is an outage, not a bad token', async (_, resolver) => {
  let fetches = 0;
  server.use(
    http.get(jwksUrl, (info) => {
      fetches += 1;
      return resolver(info);
    }),
  );
  await expect(verify(await issuer.authorization('portal'))).rejects.toMatchObject({
    code: 'issuer_unavailable',
    status: 503,
    message: `The keys of ${issuerOf('portal')} cannot be read, so no token can be checked; try again shortly.`,
    headers: {},
  });
  expect(fetches, 'fetches of the key set').toBe(1);
});

test('a token that was good is refused after it has expired', async () => {
  const authorization = await issuer.authorization('portal');
  await expect(verify(authorization)).resolves.toMatchObject({ username: 'olivia' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 610_000 });
  await expect(verify(authorization)).rejects.toMatchObject({
    code: 'invalid_token',
    message: 'The access token has expired.',
  });
});

test.each(['a', '.', 'a.', 'a=', '=', ' ', '-/+~'])(
  '64 KB of %j as a token cost at most 2.5 times what encoding its characters costs',
  async (piece) => {
    const text = piece.repeat(65_536 / piece.length);
    const cost = await cpuOf(() => expect(verify(`Bearer ${text}`)).rejects.toMatchObject({ status: 401 }));
    expect(cost / (await cpuOfEncoding())).toBeLessThan(2.5);
  },
);
