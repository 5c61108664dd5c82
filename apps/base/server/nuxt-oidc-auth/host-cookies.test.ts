import { describe, expect, test } from 'vitest';
import { cookieForBrowser, cookiesForServer, sessionHeaders } from './host-cookies.ts';

describe('cookies for the server', () => {
  test('a prefixed cookie is also there under the name that nuxt-oidc-auth reads', () => {
    expect(cookiesForServer('theme=dark; __Host-oidc=a=b')).toBe('theme=dark; __Host-oidc=a=b; oidc=a=b');
  });

  test.each([
    ['alone', 'nuxt-oidc-auth=tossed', ''],
    ['before the real one', 'oidc=tossed; __Host-oidc=real', '__Host-oidc=real; oidc=real'],
    ['after the real one', '__Host-oidc=real; oidc=tossed', '__Host-oidc=real; oidc=real'],
    ['with spaces around its name', ' dezky-return-to =/x;a=b', 'a=b'],
    ['twice', 'oidc=1;oidc=2', ''],
    ['with several spaces around it', '  oidc=1  ;  a=b  ', 'a=b'],
    ['after a no-break space', 'a=b;\u00a0oidc=tossed', 'a=b'],
  ])('a bare one is left out: %s', (_where, header, seen) => {
    expect(cookiesForServer(header)).toBe(seen);
  });

  test.each([
    '\u00a0__Host-oidc=tossed',
    '__Host-oidc\u00a0=tossed',
    '\u00a0 __Host-oidc=tossed',
    '\v__Host-oidc=tossed',
  ])('one with the prefix after what a browser takes for a part of the name is left out: %j', (pair) => {
    expect(cookiesForServer(`${pair}; __Host-oidc=real`)).toBe('__Host-oidc=real; oidc=real');
    expect(cookiesForServer(pair)).toBe('');
  });

  test('a request that the server makes to itself sees the same', () => {
    const once = cookiesForServer('a=b; __Host-nuxt-oidc-auth=x; oidc=tossed');
    expect(cookiesForServer(once)).toBe(once);
  });

  test('white space inside of a cookie stays', () => {
    expect(cookiesForServer('theme=dark  mode; a=b')).toBe('theme=dark  mode; a=b');
  });

  test('names that only look alike are none of ours', () => {
    const others = '__host-oidc=1; oidc2=2; x-oidc=3; __Host-other=4';
    expect(cookiesForServer(others)).toBe(others);
  });
});

test('the headers in which h3 would take a session are those of our cookies', () => {
  expect(sessionHeaders).toEqual(['x-nuxt-oidc-auth-session', 'x-oidc-session', 'x-dezky-return-to-session']);
});

describe('cookies for the browser', () => {
  test.each([
    ['oidc=a;Secure;Path=/x;Domain=y', '__Host-oidc=a; Path=/; Secure'],
    [
      'oidc=a;  Path =/x;  Secure ;  Expires = Thu, 01 Jan 1970 00:00:00 GMT',
      '__Host-oidc=a; Path=/; Secure; Max-Age=0',
    ],
    ['oidc=a; x-path=/x; Securely', '__Host-oidc=a; Path=/; Secure; x-path=/x; Securely'],
    ['oidc=a; not-expires=x', '__Host-oidc=a; Path=/; Secure; not-expires=x'],
  ])('%s: %s', (header, sent) => {
    expect(cookieForBrowser(header)).toBe(sent);
  });

  test('live by the clock of the browser, whatever the clock of the pod says', () => {
    const end = new Date(Date.now() + 300_000).toUTCString();
    expect(cookieForBrowser(`oidc=a; Expires=${end}`)).toMatch(/; Max-Age=(?:299|300)$/);
    expect(cookieForBrowser('oidc=a; Expires=Thu, 01 Jan 1970 00:00:00 GMT')).toMatch(/; Max-Age=0$/);
  });

  test.each(['theme=dark; Path=/x', '__Host-oidc=a; Path=/; Secure'])('%s stays as it is', (header) => {
    expect(cookieForBrowser(header)).toBe(header);
  });
});
