import { describe, expect, test } from 'vitest';
import { parseSetCookie } from 'cookie-es';
import { cookieFaults, describeCookie, isSameSite } from './cookies.ts';

describe('cookies', () => {
  const sound =
    '__Host-oidc=secret-value; Path=/; Expires=Wed, 25 Nov 2026 14:16:49 GMT; HttpOnly; Secure; SameSite=Lax';

  test('with every attribute are fine, and never shown with their value', () => {
    expect(cookieFaults(parseSetCookie(sound)!)).toEqual([]);
    expect(describeCookie(parseSetCookie(sound)!)).toBe('__Host-oidc; path=/; httpOnly; secure; sameSite=lax');
  });

  test.each([
    ['Secure', sound.replace('; Secure', ''), 'is not Secure'],
    ['HttpOnly', sound.replace('; HttpOnly', ''), 'is not HttpOnly'],
    ['SameSite', sound.replace('; SameSite=Lax', ''), 'neither SameSite'],
    ['a SameSite that means something', sound.replace('Lax', 'None'), 'neither SameSite'],
    ['the prefix', sound.replace('__Host-', ''), 'has no __Host-'],
    ['Path=/', sound.replace('Path=/', 'Path=/auth'), 'has another Path'],
    ['a host of their own', `${sound}; Domain=dezky.example`, 'has a Domain'],
  ])('without %s are not', (_what, header, fault) => {
    expect(cookieFaults(parseSetCookie(header)!)).toEqual([expect.stringContaining(fault)]);
  });
});

test.each([
  ['https://app.dezky.local/a', 'https://auth.dezky.local:8443/', true],
  ['https://app.co.uk/', 'https://auth.co.uk/', false],
  ['https://10.0.2.1/', 'https://10.1.2.1/', false],
  ['https://app.test/', 'http://app.test/', false],
  ['https://app.test:1/', 'https://app.test:2/', true],
])('%s and %s: whether they are of one site is %s', (one, other, isSame) => {
  expect(isSameSite(new URL(one), new URL(other))).toBe(isSame);
});
