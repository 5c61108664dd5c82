import { expect, test } from 'vitest';
import { readCurl } from './read-curl.ts';

test.each(['wget https://operator.dezky.example/cb?code=a-secret', 'curl -H "a: b"', ''])(
  '%j is no curl command, and is not repeated, because it may have a secret',
  (command) => {
    expect(() => readCurl(command)).toThrow(/Copy it in the browser with "Copy as cURL \(bash\)"/);
    expect(() => readCurl(command)).not.toThrow(/secret/);
  },
);

test.each<[string, string, string, string | null]>([
  ["curl 'https://operator.dezky.example/api/me?x=1&y=2' -H 'Cookie: a=b' --compressed", 'GET', '/api/me', 'a=b'],
  ["curl -sS -X DELETE -b 'a=b; c=d' https://operator.dezky.example/api/me", 'DELETE', '/api/me', 'a=b; c=d'],
  ["curl --url https://operator.dezky.example/api/me \\\n  --data-raw $'a\\'b'", 'POST', '/api/me', null],
  ['curl https://operator.dezky.example/api/me?q=1 -o out.json', 'GET', '/api/me', null],
])('%s is read', (command, method, path, cookie) => {
  const [exchange] = readCurl(command);
  expect(exchange?.method).toBe(method);
  expect(exchange?.url.pathname).toBe(path);
  expect(exchange?.sent.get('cookie')).toBe(cookie);
  expect(exchange?.status).toBeUndefined();
});

/** As the menus of the network panels copy it. */
const copied = {
  'Chromium, for bash': `curl 'https://operator.dezky.example/api/me?filter=a%20b&n=1' \\
  -H 'accept: application/json' \\
  -b $'__Host-nuxt-oidc-auth=Fe26.2\u0021**x; theme=it\\'s' \\
  -H 'if-none-match: W/"5-x"'`,
  'Chromium, for cmd': `curl ^"https://operator.dezky.example/api/me?filter=a^%^20b^&n=1^" ^
  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"142^\\^", ^\\^"Not A(Brand^\\^";v=^\\^"99^\\^"^" ^
  -b ^"__Host-nuxt-oidc-auth=Fe26.2**x; theme=dark^" ^
  -H ^"if-none-match: W/^\\^"5-x^\\^"^"`,
  'Firefox, for Windows': `curl ^"https://operator.dezky.example/api/me?filter=a^%^20b^&n=1^" ^
  --compressed ^
  -H ^"Cookie: __Host-nuxt-oidc-auth=Fe26.2**x; theme=dark^"`,
  'Chromium, for cmd, with the line ends of Windows': `curl "https://operator.dezky.example/api/me?filter=a%20b&n=1" ^\r\n  -H "cookie: __Host-nuxt-oidc-auth=x" ^\r\n  --compressed`,
};

test.each(Object.entries(copied))('a command of several lines of %s is read', (_, command) => {
  const [exchange] = readCurl(command);
  expect(exchange?.method).toBe('GET');
  expect(exchange?.url.href).toBe('https://operator.dezky.example/api/me?filter=a%20b&n=1');
  expect(exchange?.sent.get('cookie')).toMatch(/^__Host-nuxt-oidc-auth=\w/);
});
