import { describe, expect, test } from 'vitest';
import { refreshTokens, revokeToken, tokenBytes } from './token-endpoint.ts';

const endpoint = { url: 'https://auth.test/application/o/token/', clientId: 'app', clientSecret: 's', timeout: 50 };
const answering = (status: number, body: unknown) => async () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const ask = (fetch: typeof globalThis.fetch) => refreshTokens(endpoint, 'old', fetch);

describe('refreshTokens', () => {
  test('asks as RFC 6749 section 6 says', async () => {
    const requests: Request[] = [];
    let redirect: RequestInit['redirect'];
    await ask(async (url, init) => {
      requests.push(new Request(url, init));
      redirect = init?.redirect;
      return Response.json({ access_token: 'a' });
    });
    const [request] = requests;
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('app:s')}`);
    expect(request?.headers.get('accept')).toBe('application/json');
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'app',
      refresh_token: 'old',
    });
    // Another host must not receive the client secret and the refresh token.
    expect(redirect).toBe('manual');
  });

  test('hands on the tokens it gets', async () => {
    const tokens = { access_token: 'a', refresh_token: 'r', id_token: 'i' };
    expect(await ask(answering(200, tokens))).toEqual({ outcome: 'refreshed', tokens });
  });

  test('does not make up a refresh token that was not rotated', async () => {
    expect(await ask(answering(200, { access_token: 'a' }))).toMatchObject({ tokens: { refresh_token: undefined } });
  });

  test.each([7, '', null])('takes no token from %j', async (value) => {
    const others = { refresh_token: value, id_token: value };
    expect(await ask(answering(200, { access_token: 'a', ...others }))).toEqual({
      outcome: 'refreshed',
      tokens: { access_token: 'a', refresh_token: undefined, id_token: undefined },
    });
    expect(await ask(answering(200, { access_token: value }))).toMatchObject({
      outcome: 'unavailable',
      reason: 'status 200',
    });
  });

  test('takes invalid_grant for the end of the session', async () => {
    expect(await ask(answering(400, { error: 'invalid_grant' }))).toEqual({ outcome: 'rejected' });
  });

  test.each([
    ['wrong client credentials', 400, { error: 'invalid_client' }, 'status 400 invalid_client'],
    ['a server error', 500, { error: 'invalid_grant' }, 'status 500 invalid_grant'],
    ['a proxy whose Authentik starts', 502, '<html>authentik starting</html>', 'status 502'],
    ['a page instead of tokens', 200, '<html></html>', 'status 200'],
    ['an answer without an access token', 200, {}, 'status 200'],
    ['JSON that is null', 200, 'null', 'status 200'],
    ['an error that would be a line of the log', 400, { error: 'a\nAuthentik ended 5 sessions.' }, 'status 400'],
    ['an error without end', 400, { error: 'a'.repeat(101) }, 'status 400'],
  ])('keeps the session on %s, and says why', async (_, status, body, reason) => {
    expect(await ask(answering(status, body))).toEqual({ outcome: 'unavailable', reason, retryAfterMs: 0 });
  });

  test.each([
    ['7', 7000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 0],
  ])('hands on how long Authentik asks to wait: %s', async (retryAfter, retryAfterMs) => {
    const headers = { 'retry-after': retryAfter };
    expect(await ask(async () => new Response('', { status: 429, headers }))).toMatchObject({ retryAfterMs });
  });

  test('keeps the session on an answer that is too long', async () => {
    expect(await ask(answering(200, ' '.repeat(3 * tokenBytes)))).toMatchObject({
      reason: expect.stringContaining('more than'),
    });
  });

  test('keeps the session when nothing comes in time', async () => {
    const silence: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));
    expect(await ask(silence)).toMatchObject({ outcome: 'unavailable' });
  });
});

describe('revokeToken', () => {
  test('asks as RFC 7009 section 2.1 says', async () => {
    const requests: Request[] = [];
    await revokeToken(endpoint, 'old', async (url, init) => {
      requests.push(new Request(url, init));
      return new Response('{}');
    });
    const [request] = requests;
    expect(request?.url).toBe('https://auth.test/application/o/revoke/');
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('app:s')}`);
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      client_id: 'app',
      token: 'old',
      token_type_hint: 'refresh_token',
    });
  });

  test('rejects with the status of an error', async () => {
    await expect(revokeToken(endpoint, 'old', answering(503, ''))).rejects.toThrow('status 503');
  });
});
