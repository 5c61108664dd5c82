import { describe, expect, test } from 'vitest';
import { refreshTokens } from './token-endpoint.ts';

const endpoint = { url: 'https://auth.test/application/o/token/', clientId: 'app', clientSecret: 's', timeout: 50 };
const answering = (status: number, body: unknown) => async () =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
const ask = (fetch: typeof globalThis.fetch) => refreshTokens(endpoint, 'old', fetch);

describe('refreshTokens', () => {
  test('asks as RFC 6749 section 6 says', async () => {
    const requests: Request[] = [];
    await ask(async (url, init) => {
      requests.push(new Request(url, init));
      return Response.json({ access_token: 'a' });
    });
    const [request] = requests;
    expect(request?.headers.get('authorization')).toBe(`Basic ${btoa('app:s')}`);
    expect(Object.fromEntries(new URLSearchParams(await request?.text()))).toEqual({
      grant_type: 'refresh_token',
      client_id: 'app',
      refresh_token: 'old',
    });
  });

  test('hands on the tokens it gets', async () => {
    const tokens = { access_token: 'a', refresh_token: 'r', id_token: 'i' };
    expect(await ask(answering(200, tokens))).toEqual({ outcome: 'refreshed', tokens });
  });

  test('does not make up a refresh token that was not rotated', async () => {
    expect(await ask(answering(200, { access_token: 'a' }))).toMatchObject({ tokens: { refresh_token: undefined } });
  });

  test('takes invalid_grant for the end of the session', async () => {
    expect(await ask(answering(400, { error: 'invalid_grant' }))).toEqual({ outcome: 'rejected' });
  });

  test.each([
    ['wrong client credentials', 400, { error: 'invalid_client' }],
    ['a server error', 500, { error: 'invalid_grant' }],
    ['a proxy whose Authentik starts', 502, '<html>authentik starting</html>'],
    ['a page instead of tokens', 200, '<html></html>'],
    ['an answer without an access token', 200, {}],
    ['JSON that is no object', 200, '"a"'],
  ])('keeps the session on %s', async (_, status, body) => {
    expect(await ask(answering(status, body))).toMatchObject({ outcome: 'unavailable' });
  });

  test('keeps the session when nothing comes in time', async () => {
    const silence: typeof globalThis.fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)));
    expect(await ask(silence)).toMatchObject({ outcome: 'unavailable' });
  });
});
