import { describe, expect, test } from 'vitest';
import type { ServerCertificate } from '../../../fleet/engines/live.ts';
import { authorizationFaults, readLocation, repeatedValues } from './authorization-request.ts';
import { certificateFaults } from './certificate.ts';
import { cookieFaults, describeCookie, parseSetCookie } from './cookies.ts';
import { discoveryFaults, expectedDiscovery } from './discovery.ts';
import { endSessionFaults } from './end-session.ts';
import { nonceOf, securityHeaderFaults } from './security-headers.ts';

const own = 'https://portal.dezky.example';
const auth = 'https://auth.dezky.example';

describe('discovery', () => {
  const sound = { ...expectedDiscovery(auth, 'portal'), code_challenge_methods_supported: ['plain', 'S256'] };

  test('of this application at this address is fine', () => {
    expect(discoveryFaults(sound, auth, 'portal')).toEqual([]);
  });

  test.each([
    ['another issuer mode', { issuer: `${auth}/` }, /^issuer of portal is "https:\/\/auth\.dezky\.example\/"/],
    ['http behind a proxy', { token_endpoint: 'http://auth.dezky.example/application/o/token/' }, /^token_endpoint/],
    [
      'a name in the cluster',
      { end_session_endpoint: 'http://authentik/x/' },
      /^end_session_endpoint .*Host and X-For/,
    ],
    ['a missing field', { jwks_uri: undefined }, /^jwks_uri of portal is undefined/],
    ['no PKCE', { code_challenge_methods_supported: ['plain'] }, /PKCE/],
  ])('with %s is one fault', (_what, change, fault) => {
    expect(discoveryFaults({ ...sound, ...change }, auth, 'portal')).toEqual([expect.stringMatching(fault)]);
  });
});

describe('the request that signing in makes', () => {
  const expected = { app: 'portal', own, auth };
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
    expect(authorizationFaults(request(), expected)).toEqual([]);
  });

  test.each([
    [{ code_challenge: null }, 'code_challenge null'],
    [{ code_challenge_method: 'plain' }, 'code_challenge_method "plain"'],
    [{ redirect_uri: 'https://portal.dezky.local/auth/oidc/callback' }, 'NUXT_PUBLIC_PORTAL_URL'],
    [{ redirect_uri: `${own}/auth/oidc/callback/` }, 'redirect_uri'],
    [{ scope: 'openid profile email' }, 'scope'],
    [{ state: 'short' }, 'state "short"'],
    [{ client_id: null }, 'NUXT_OIDC_PROVIDERS_OIDC_CLIENT_ID'],
    [{ prompt: 'login' }, 'prompt "login"'],
  ])('with %o is one fault', (change, fault) => {
    expect(authorizationFaults(request(change), expected)).toEqual([expect.stringContaining(fault)]);
  });

  test.each([
    'https://auth.dezky.local/application/o/authorize/',
    `${auth}:8443/application/o/authorize/`,
    `${auth}/authorize`,
  ])('to %s is one fault', (endpoint) => {
    expect(authorizationFaults(request({}, endpoint), expected)).toEqual([
      expect.stringContaining(`leads to ${endpoint}, not to ${auth}/application/o/authorize/`),
    ]);
  });

  test('that is no redirect is said', () => {
    expect(authorizationFaults(undefined, expected)).toEqual([expect.stringContaining('leads to nowhere')]);
  });

  test('must differ from the one before', () => {
    const [one, same, other] = [
      request(),
      request({ code_challenge: 'd'.repeat(43) }),
      request({ state: 't'.repeat(48), code_challenge: 'd'.repeat(43) }),
    ].map(readLocation);
    expect(repeatedValues(one!, same!)).toEqual(['state']);
    expect(repeatedValues(one!, other!)).toEqual([]);
  });
});

describe('where signing out leads', () => {
  const expected = { app: 'portal', own, auth, discovered: `${auth}/application/o/portal/end-session/` };
  const said = { endSessionUrl: expected.discovered, postLogoutRedirectUri: `${own}/signed-out` };
  const faults = (change: object, more: object = {}) =>
    endSessionFaults('portal-a', { ...said, ...change }, { ...expected, ...more });

  test('is fine as it is, and when Authentik could not be asked', () => {
    expect(faults({})).toEqual([]);
    expect(faults({}, { discovered: undefined })).toEqual([]);
  });

  test.each([
    ['another host', 'https://auth.dezky.local/application/o/portal/end-session/'],
    ['another scheme', 'http://auth.dezky.example/application/o/portal/end-session/'],
    ['another port', `${auth}:9443/application/o/portal/end-session/`],
    ['another app', `${auth}/application/o/operator/end-session/`],
    ['no slash at the end', `${auth}/application/o/portal/end-session`],
  ])('at %s is a fault that names it', (_what, endSessionUrl) => {
    expect(faults({ endSessionUrl })[0]).toContain(`end-session address ${endSessionUrl}, not to`);
  });

  test('and Authentik must say the same', () => {
    expect(faults({}, { discovered: 'http://authentik/x/' })).toEqual([expect.stringContaining('http://authentik/x/')]);
  });

  test('and the way back must be here', () => {
    expect(faults({ postLogoutRedirectUri: `${own}/` })).toEqual([expect.stringContaining(`${own}/signed-out`)]);
  });

  test('a pod that does not say is a fault, not a pass', () => {
    expect(faults({ endSessionUrl: undefined })).toEqual([expect.stringContaining('does not say')]);
  });
});

describe('cookies', () => {
  const sound = 'oidc=secret-value; Path=/; Expires=Wed, 25 Nov 2026 14:16:49 GMT; HttpOnly; Secure; SameSite=Lax';

  test('with every attribute are fine, and never shown with their value', () => {
    expect(cookieFaults(parseSetCookie(sound))).toEqual([]);
    expect(describeCookie(parseSetCookie(sound))).toBe('oidc; path=/; httponly; secure; samesite=Lax');
  });

  test.each([
    ['Secure', sound.replace('; Secure', ''), 'is not Secure'],
    ['HttpOnly', sound.replace('; HttpOnly', ''), 'is not HttpOnly'],
    ['SameSite', sound.replace('; SameSite=Lax', ''), 'neither SameSite'],
    ['a SameSite that means something', sound.replace('Lax', 'None'), 'neither SameSite'],
    ['a host of their own', `${sound}; Domain=dezky.example`, 'has a Domain'],
  ])('without %s are not', (_what, header, fault) => {
    expect(cookieFaults(parseSetCookie(header))).toEqual([expect.stringContaining(fault)]);
  });

  test('an attribute name in a value is no attribute', () => {
    expect(cookieFaults(parseSetCookie('a=secure; Path=/; HttpOnly; SameSite=Lax'))).toHaveLength(1);
  });
});

describe('security headers', () => {
  const page = {
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'content-security-policy':
      "default-src 'none'; script-src 'self' 'nonce-vzdSV3mAn180dmWfdo5Q4w=='; base-uri 'none'; frame-ancestors 'none'",
  };

  test('of a page as it is are fine', () => {
    expect(securityHeaderFaults('GET /', page, true)).toEqual([]);
    expect(nonceOf(page)).toBe('vzdSV3mAn180dmWfdo5Q4w==');
  });

  test.each([
    ['strict-transport-security', 'max-age=0'],
    ['strict-transport-security', undefined],
    ['x-content-type-options', undefined],
    ['x-frame-options', 'ALLOW-FROM https://evil.example'],
    ['referrer-policy', 'unsafe-url'],
    ['cross-origin-opener-policy', undefined],
    ['content-security-policy', page['content-security-policy'].replace("'nonce-", "'unsafe-inline' 'nonce-")],
    ['content-security-policy', page['content-security-policy'].replace(" 'nonce-vzdSV3mAn180dmWfdo5Q4w=='", '')],
    ['content-security-policy', page['content-security-policy'].replace("frame-ancestors 'none'", 'frame-ancestors *')],
    ['content-security-policy', page['content-security-policy'].replace("; base-uri 'none'", '')],
  ])('with %s: %s are not', (header, value) => {
    const headers = { ...page, [header]: value };
    expect(securityHeaderFaults('GET /', headers, true)).toEqual([expect.stringContaining(header)]);
  });

  test('of a refusal need no script policy, but no less else', () => {
    const refusal = { ...page, 'content-security-policy': "script-src 'none'; frame-ancestors 'none';" };
    expect(securityHeaderFaults('GET /api/me', refusal, false)).toEqual([]);
    expect(securityHeaderFaults('GET /api/me', {}, false)).toHaveLength(5);
  });
});

describe('certificates', () => {
  const certificate: ServerCertificate = {
    subjectAltName: 'DNS:a.example',
    issuer: 'CN=R11',
    validFrom: new Date('2026-01-01'),
    validTo: new Date('2026-04-01'),
    protocol: 'TLSv1.3',
    spki: '',
  };

  test('are fine until their renewal is overdue', () => {
    expect(certificateFaults('a.example', certificate, new Date('2026-03-10'))).toEqual([]);
    expect(certificateFaults('a.example', certificate, new Date('2026-03-20'))).toEqual([
      expect.stringMatching(/^The certificate of a\.example has 12 days left of 90 days/),
    ]);
  });

  test('do not make up for an old protocol', () => {
    const old = { ...certificate, protocol: 'TLSv1.1' };
    expect(certificateFaults('a.example', old, new Date('2026-01-02'))).toEqual([expect.stringContaining('TLSv1.1')]);
  });
});
