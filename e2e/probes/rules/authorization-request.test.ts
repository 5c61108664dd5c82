import { describe, expect, test } from 'vitest';
import { authorizationFaults, repeatedValues } from './authorization-request.ts';

const own = 'https://portal.dezky.example';
const auth = 'https://auth.dezky.example';

describe('the request that signing in makes', () => {
  const expected = { app: 'portal', own, auth };
  const to = (location: string) => ({ url: own, status: 302, headers: { location } });
  const request = (change: Record<string, string | null> = {}, endpoint = `${auth}/application/o/authorize/`) => {
    const url = new URL(endpoint);
    const parameters = {
      response_type: 'code',
      client_id: 'portal',
      redirect_uri: `${own}/auth/oidc/callback`,
      scope: 'openid profile email offline_access',
      state: 's'.repeat(48),
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
      ...change,
    };
    for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
    return url.href;
  };

  test('is fine as it is', () => {
    expect(authorizationFaults(to(request()), expected)).toEqual([]);
  });

  test.each([
    [{ code_challenge_method: 'plain' }, 'code_challenge_method "plain"'],
    [{ redirect_uri: 'https://portal.dezky.local/auth/oidc/callback' }, 'NUXT_PUBLIC_PORTAL_URL'],
    [{ redirect_uri: 'http://portal.dezky.example/auth/oidc/callback' }, 'look what rewrites redirects on the way'],
    [{ scope: 'openid profile email' }, 'scope'],
    [{ state: 'short' }, 'state "short"'],
    [{ prompt: 'login' }, 'prompt "login"'],
  ])('with %o is one fault', (change, fault) => {
    expect(authorizationFaults(to(request(change)), expected)).toEqual([expect.stringContaining(fault)]);
  });

  test.each(['https://auth.dezky.local/application/o/authorize/', `${auth}:8443/application/o/authorize/`])(
    'to %s is one fault',
    (endpoint) => {
      expect(authorizationFaults(to(request({}, endpoint)), expected)).toEqual([
        expect.stringContaining(`leads to ${endpoint}, not to ${auth}/application/o/authorize/`),
      ]);
    },
  );

  test('must differ from the one before', () => {
    const [one, same, other] = [
      request(),
      request({ code_challenge: 'd'.repeat(43) }),
      request({ state: 't'.repeat(48), code_challenge: 'd'.repeat(43) }),
    ].map((location) => new URL(location));
    expect(repeatedValues([one!, same!])).toEqual(['state']);
    expect(repeatedValues([one!, other!])).toEqual([]);
  });
});
