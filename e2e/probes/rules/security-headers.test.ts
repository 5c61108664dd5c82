import { describe, expect, test } from 'vitest';
import { nonceOf, securityHeaderFaults } from './security-headers.ts';

describe('security headers', () => {
  const policy =
    "default-src 'none'; script-src 'self' 'nonce-vzdSV3mAn180dmWfdo5Q4w=='; form-action 'self' https://auth.dezky.example; base-uri 'none'; frame-ancestors 'none'";
  const page = {
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
    'content-security-policy': policy,
  };

  test('of a page as it is are fine', () => {
    expect(securityHeaderFaults('operator', [['GET /', page, true]])).toEqual([]);
    expect(nonceOf(page)).toBe('vzdSV3mAn180dmWfdo5Q4w==');
  });

  test.each([
    ['strict-transport-security', 'max-age=0'],
    ['x-content-type-options', undefined],
    ['x-frame-options', 'ALLOW-FROM https://evil.example'],
    ['referrer-policy', 'unsafe-url'],
    ['cross-origin-opener-policy', undefined],
    ['cache-control', 'public, max-age=60'],
    ['content-security-policy', policy.replace("'nonce-", "'unsafe-inline' 'nonce-")],
    ['content-security-policy', policy.replace(" 'nonce-vzdSV3mAn180dmWfdo5Q4w=='", '')],
    ['content-security-policy', policy.replace("frame-ancestors 'none'", 'frame-ancestors *')],
    ['content-security-policy', policy.replace(/; form-action [^;]+/, '')],
    ['content-security-policy', policy.replace('; base-uri', ' https://evil.example; base-uri')],
    ['content-security-policy', policy.replace("default-src 'none'", 'default-src *')],
    ['content-security-policy', `${policy}; connect-src 'self' https:`],
    ['content-security-policy', `${policy}; img-src 'self' data: https:`],
  ])('with %s: %s are not', (header, value) => {
    const headers = { ...page, [header]: value };
    expect(securityHeaderFaults('operator', [['GET /', headers, true]])).toEqual([expect.stringContaining(header)]);
  });

  test('of a refusal need no script policy, but no less else', () => {
    const refusal = { ...page, 'content-security-policy': "script-src 'none'; frame-ancestors 'none';" };
    expect(securityHeaderFaults('operator', [['GET /api/me', refusal, false]])).toEqual([]);
    expect(securityHeaderFaults('operator', [['GET /api/me', {}, false]])).toHaveLength(6);
  });

  test('a policy that is missing is one fault', () => {
    const { 'content-security-policy': _policy, ...others } = page;
    expect(
      securityHeaderFaults('operator', [
        ['GET /sign-in', others, true],
        ['GET /', others, false],
      ]),
    ).toEqual([
      expect.stringMatching(/^GET \/sign-in, GET \/ of operator answers with no content-security-policy.*base-uri/),
    ]);
  });
});
