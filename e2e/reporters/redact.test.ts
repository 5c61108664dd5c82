import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FullConfig, Suite, TestCase, TestResult, TestStep } from '@playwright/test/reporter';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { leaksInBytes, redactBytes } from './redact-bytes.ts';
import RedactReportsReporter from './redact-reports.ts';
import { chunkRedactor } from './redact-terminal.ts';
import { leaksIn, redact } from './redact.ts';
import { canaries, spellingsOf } from './testing/canaries.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
const sealed = 'Fe26.2**0bd2c6a4*9yX_z*abc-DEF*~2';

afterEach(() => vi.unstubAllEnvs());

const nothing = { errors: [], attachments: [], annotations: [], stdout: [], stderr: [] };

describe('what a trace must not show', () => {
  test.each([
    ['a cookie header entry', '{"name":"cookie","value":"nuxt-oidc-auth=Fe26.2**aa*bb; theme=dark"}', 'Fe26'],
    ['a set-cookie entry in any case', '{"name":"Set-Cookie","value":"authentik_session=abc; Path=/"}', 'abc'],
    ['a parsed cookie', '{"name":"__Host-nuxt-oidc-auth","value":"whatever"}', 'whatever'],
    ['an authorization header', '{"authorization":"Basic c2VjcmV0"}', 'c2VjcmV0'],
    ['an id_token_hint in a URL', `https://auth.example/end-session/?id_token_hint=${jwt}&post=1`, 'c2lnbmF0dXJl'],
    ['an authorization code', 'https://app.example/callback?code=s3cr3t&state=st4te', 's3cr3t'],
    ['a state', 'https://app.example/callback?code=s3cr3t&state=st4te', 'st4te'],
    ['an encoded nested URL', 'next=%2Fauthorize%2F%3Fclient_id%3Da%26state%3Dst4te', 'st4te'],
    ['a password that was sent as JSON', '{"component":"ak-stage-password","password":"hunter2"}', 'hunter2'],
    ['a JSON body inside a JSON string', '{"postData":"{\\"password\\":\\"hunter2\\"}"}', 'hunter2'],
    ['a refresh token in a form', 'grant_type=refresh_token&refresh_token=r3fr3sh&scope=openid', 'r3fr3sh'],
    ['a bare JWT', `token ${jwt} in a log`, 'c2lnbmF0dXJl'],
    ['a sealed cookie anywhere', `x ${sealed} y`, '9yX_z'],
    ['a field that util.inspect shows', "{ refresh_token: 'Vb3kOpaque', expires_in: 300 }", 'Vb3kOpaque'],
    ['a field on a line of its own', "{\n  user: 'a',\n  password: 'hunter2 x'\n}", 'hunter2'],
    ['a quoted field of a Map', "Map(1) { 'password' => 'hunter2' }", 'hunter2'],
    ['a field with an apostrophe in it', `{ password: "hunter's 2" }`, 'hunter'],
    ['a field whose quotes are escaped', JSON.stringify({ log: '{ password: "hunter2" }' }), 'hunter2'],
    ['a field in a diff', "-   password: 'hunter2',", 'hunter2'],
    ['a field in YAML', 'tokens:\n  refresh_token: Vb3kOpaque\n  scope: openid', 'Vb3kOpaque'],
    ['a field in quoted YAML', 'refresh_token: "Vb3kOpaque"', 'Vb3kOpaque'],
    ['a field of a list in YAML, with a comment', '- client_secret: Vb3kOpaque # why', 'Vb3kOpaque'],
    ['a field in YAML inside JSON', JSON.stringify({ log: 'a: b\npassword: Vb3kOpaque\n' }), 'Vb3kOpaque'],
    ['a bearer token as text', 'GET /me\nauthorization: Bearer Vb3kOpaque\n', 'Vb3kOpaque'],
    ['a basic credential as text', '> Authorization: Basic b3A6c2VjcmV0', 'b3A6c2VjcmV0'],
    ['headers in a line of JSON', JSON.stringify({ log: 'GET /\ncookie: sid=Vb3k\n' }), 'Vb3k'],
    ['a bearer token in a line of JSON', JSON.stringify({ log: '\nauthorization: Bearer Vb3k\n' }), 'Vb3k'],
    ['an inspected authorization', "headers: { authorization: 'Bearer Vb3kOpaque' }", 'Vb3kOpaque'],
    ['a cookie as text', 'cookie: theme=dark; authentik_session=abc123', 'abc123'],
    ['an unknown cookie as text', 'Cookie: sid=abc123', 'abc123'],
    ['a set-cookie as text', 'set-cookie: authentik_session=abc123; Path=/; HttpOnly', 'abc123'],
    ['an inspected set-cookie', "'set-cookie': [ 'theme=dark; Path=/', 'authentik_session=abc123; Path=/' ]", 'abc123'],
    ['a set-cookie in JSON', '"set-cookie":["authentik_session=abc123; Path=/"]', 'abc123'],
    ['a password in a form', 'username=a&password=hunter2&next=%2F', 'hunter2'],
    ['a device code', 'grant_type=device&device_code=Vb3kOpaque', 'Vb3kOpaque'],
    ['a client assertion', 'client_assertion=Vb3kOpaque&client_id=x', 'Vb3kOpaque'],
    ['a JWT whose dots are escaped', `"${jwt.replaceAll('.', '\\u002e')}"`, 'c2lnbmF0dXJl'],
    ['a JWT whose dots are escaped twice', `"${jwt.replaceAll('.', '\\\\u002E')}"`, 'c2lnbmF0dXJl'],
    ['a sealed cookie that is escaped', `"${sealed.replaceAll('.', '\\u002e').replaceAll('*', '\\u002a')}"`, 'abc-DEF'],
    ['a code without a label that says so', '{"code":"9f8a7c6d5e4f3a2b1c0d"}', '9f8a7c'],
    ['a nonce in JSON inside JSON', JSON.stringify({ body: '{"nonce":"n-0S6_WzA2Mj9f8a7c"}' }), 'WzA2Mj'],
    ['an assertion in an inspected object', "{ assertion: 'PHNhbWxwOlJlc3BvbnNl9a' }", 'PHNhbW'],
    ['a ticket of a CAS', 'https://app.example/back?ticket=ST-1856339-aA5Yuvrxzpv8Tau1cYQ7', 'aA5Yuv'],
    ['a SAML response in a form', 'SAMLResponse=PHNhbWxwOlJlc3BvbnNl&RelayState=x', 'PHNhbW'],
    ['a cookie in a header of a proxy', '{"name":"X-Original-Cookie","value":"sid=Vb3kOpaque"}', 'Vb3kOpaque'],
    ['a cookie in a header of a proxy as text', 'x-forwarded-cookie: sid=Vb3kOpaque; theme=dark', 'Vb3kOpaque'],
    ['a key of an API token', '{"key":"kWq8Zt3xLm5Rn7Pv9Yb2Dc4F"}', 'kWq8Zt3x'],
    ['a client secret as our code spells it', "{ clientSecret: 'Vb3kOpaque' }", 'Vb3kOpaque'],
    ['a client secret in JSON of our code', '{"clientSecret":"Vb3kOpaque"}', 'Vb3kOpaque'],
    ['the code of a device that a person types', '{"user_code":"482913706"}', '482913706'],
    ['the code of a device in a link', 'https://auth.example/device?user_code=482913706', '482913706'],
    ['the credentials of curl', 'curl -s -u op:Vb3kOpaque https://app.example/', 'Vb3kOpaque'],
    ['the credentials of curl, long', "curl --user 'op:Vb3k Opaque' https://app.example/", 'Opaque'],
    ['the credentials of curl without a space', 'curl -uop:Vb3kOpaque https://app.example/', 'Vb3kOpaque'],
    ['credentials in a URL', 'redis://default:Vb3kOpaque@dezky-data:6379/1', 'Vb3kOpaque'],
    ['a password alone in a URL', 'redis://:Vb3kOpaque@dezky-data:6379/1', 'Vb3kOpaque'],
    ['a generated password', 'fill pw-123e4567-e89b-12d3-a456-426614174000', '426614174000'],
  ])('%s', (_what, content, secret) => {
    expect(content).toContain(secret);
    const clean = redact(content);
    expect(clean).not.toContain(secret);
    expect(redact(clean), 'idempotent').toBe(clean);
  });

  test('what does not grant anything stays readable', () => {
    const content =
      'https://auth.example/application/o/operator/end-session/?post_logout_redirect_uri=https%3A%2F%2Foperator';
    expect(redact(content)).toBe(content);
    for (const words of [
      '{"statusCode":401,"code":"x"}',
      '{"code":"ERR_MODULE_NOT_FOUND","state":"waiting-for-the-lock"}',
      "{ code: 'ECONNREFUSED', state: 'CrashLoopBackOff' }",
    ])
      expect(redact(words)).toBe(words);
  });

  test('JSON stays JSON', () => {
    const entry = JSON.stringify({ name: 'cookie', value: 'a="quoted"; b=\\' });
    expect(JSON.parse(redact(entry))).toEqual({ name: 'cookie', value: '[redacted]' });
  });
});

test.each([
  'Enter your password: it has at least eight characters.',
  'password: what you type to sign in',
  'password:\nusername:',
  "await page.getByLabel('Password').fill(person.password);",
  "await page.getByLabel('password: ').fill(person.password);",
  "await page.getByLabel('Your password: ').fill(person.password);",
  "> 31 |     { component: 'ak-stage-password', password: person.password },",
  '  12 |   password: string;',
  "  12 |     body: { refresh_token: tokens.refresh_token, grant_type: 'refresh_token' },",
  '  readonly password: Locator;',
  '  12 |     const account = { username, password: `pw-${randomUUID()}` };',
  '  12 |     await ask({ cookie: `${sessionCookie}=${value}`, authorization: `Bearer ${token}` });',
  '{ refresh_token: undefined, password: null }',
  '{\n  id_token: undefined\n}',
  '- textbox "Password"',
  '- paragraph: "Cookie: what the app keeps in your browser"',
  'The cookie: it is sealed. Authorization: see the docs. A bearer token is missing.',
  'expected password: "" to be set',
  'input[type=password] has the focus',
  'the proxy at http://127.0.0.1:9000/a@b',
  '<a href="mailto:ada@dezky.example">https://app.example: ada@dezky.example</a>',
  '{"key":"members","key2":"a-word-of-many-letters"}',
  'docker run -u 1000:1000 image',
])('%s stays as it is', (content) => {
  expect(redact(content)).toBe(content);
});

test.each([
  ['a header with credentials', 'authorization: Bearer Vb3kOpaqueVb3kOpaque'],
  ['a header with credentials', 'Authorization: Basic b3A6c2VjcmV0c2VjcmV0'],
  ['a cookie of a session', 'cookie: authentik_session=Vb3kOpaqueVb3kOpaque'],
  ['a JWT', jwt.replaceAll('.', '\\u002e')],
  ['a sealed cookie', sealed.replaceAll('.', '\\u002e').replaceAll('*', '\\u002a')],
])('%s that was not taken out of %s is reported', (kind, content) => {
  expect(leaksIn(content)).toContain(kind);
  expect(leaksIn(redact(content))).toEqual([]);
});

test.each([
  'a',
  '.',
  ' ',
  '{ ',
  '\\u002e',
  '%41',
  'Fe26.2*',
  'eyJ',
  'password: ',
  "{ password: '",
  'password: x x\n',
  'cookie: a=b; ',
  'a=b; ',
  'set-cookie: [ ',
  'authorization: Bearer ',
  'authentik_session=',
  'curl ',
  'curl -u a:',
  'a://',
  'a://b:',
])(
  'a megabyte of "%s" is no more work than its length',
  (part) => {
    const content = part.repeat(2 ** 20 / part.length);
    const before = process.cpuUsage();
    redact(content);
    const { user, system } = process.cpuUsage(before);
    // About 1 s at most; a quadratic algorithm would take minutes.
    expect((user + system) / 1e6, 'seconds of CPU').toBeLessThan(5);
  },
  60_000,
);

test.each([
  ['as it is', `fill("pa"ss & word")`],
  ['inside JSON', JSON.stringify({ value: 'pa"ss & word' })],
  [
    'inside JSON inside JSON',
    JSON.stringify({ body: JSON.stringify({ component: 'ak-stage-password', password: 'pa"ss & word' }) }),
  ],
  ['inside a URL', `?next=${encodeURIComponent('pa"ss & word')}`],
])('a value that is known to be secret is hidden %s', (_where, content) => {
  expect(content).toMatch(/ss( |%20)/);
  expect(redact(content, ['pa"ss & word'])).not.toMatch(/ss( |%20)/);
});

const spelled = Object.entries(canaries).flatMap(([name, secret]) =>
  Object.entries(spellingsOf(secret)).map(([how, text]) => ({ name, how, text })),
);

describe.each(spelled)('$name $how', ({ text }) => {
  const secrets = [canaries.known];
  const around = [
    `${text}`,
    JSON.stringify({ log: `x\n${text}\n` }),
    `see ${text} there`,
    `{"value":"${text}"}`,
    `/path/${text}?x`,
    `data:;base64,${text}`,
  ];

  test.each(around)('is found and taken out of %#', (content) => {
    expect(leaksIn(content, secrets)).not.toEqual([]);
    const clean = redact(content, secrets);
    expect(clean).not.toContain(text);
    expect(leaksIn(clean, secrets)).toEqual([]);
    expect(redact(clean, secrets), 'idempotent').toBe(clean);
  });

  test('is taken out of chunks, wherever they are cut', () => {
    const whole = `before ${text} after\n`;
    for (let cut = 0; cut <= whole.length; cut += 1) {
      const { push, end } = chunkRedactor(secrets);
      const shown = push(whole.slice(0, cut)) + push(whole.slice(cut)) + end();
      expect(leaksIn(shown, secrets), `cut at ${cut}`).toEqual([]);
      expect(shown).toContain('before ');
      expect(shown).toContain(' after\n');
    }
  });
});

test('base64 in lines as mail wraps it is taken out whole', () => {
  const lines =
    Buffer.from(`${'x'.repeat(70)} ${jwt} ${'y'.repeat(70)}`)
      .toString('base64')
      .match(/.{1,60}/g) ?? [];
  for (const wrapped of [lines.join('\n'), lines.join('\r\n'), JSON.stringify(lines.join('\n'))]) {
    expect(leaksIn(wrapped)).toEqual(['a JWT (base64)']);
    expect(leaksIn(redact(wrapped))).toEqual([]);
  }
});

test('a private key is taken out', () => {
  const key = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----';
  for (const text of [key, JSON.stringify({ key })]) expect(leaksIn(redact(text))).toEqual([]);
  expect(leaksIn(key)).toEqual(['a private key']);
});

test('hashes, paths and sentences stay as they are', () => {
  const content =
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= reports/e2e-run-0a313e46/test-results/hosts-hosts-portal 100%25';
  expect(redact(content)).toBe(content);
});

test('an archive that is broken is no reason to hand it around', () => {
  expect(() => leaksInBytes(zipSync({ a: strToU8(jwt) }).slice(0, 60))).toThrow('invalid zip data');
});

test('a trace keeps its pictures and loses its secrets', () => {
  const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]);
  const archive = zipSync({
    'trace.network': strToU8('{"name":"cookie","value":"secret-value"}'),
    'resources/a.png': picture,
  });
  const after = unzipSync(redactBytes(archive));
  expect(strFromU8(after['trace.network'] ?? new Uint8Array())).not.toContain('secret-value');
  expect(after['resources/a.png']).toEqual(picture);
});

test('a snapshot of a page, in which fields show what is in them, loses its secrets too', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redact-'));
  const path = join(folder, 'error-context.md');
  writeFileSync(path, '- textbox "Password": hunter2');
  const attachments = [{ name: 'error-context', contentType: 'text/markdown', path }];
  vi.stubEnv('SMOKE_PASSWORD', 'hunter2');
  const reporter = new RedactReportsReporter({ terminal: false });
  reporter.onBegin({ projects: [{ outputDir: folder }] } as FullConfig, {} as Suite);
  reporter.onTestEnd({ annotations: [] } as unknown as TestCase, { ...nothing, attachments } as unknown as TestResult);
  expect(readFileSync(path, 'utf8')).toBe('- textbox "Password": [redacted]');
  rmSync(folder, { recursive: true });
});

test('errors and step titles lose their secrets, whatever colours stand in between', () => {
  const reporter = new RedactReportsReporter({ terminal: false });
  const error = { message: `Received: "…id_token_hint=\u001B[7m${jwt}\u001B[27m"`, stack: `at x ${sealed}` };
  reporter.onTestEnd(
    { annotations: [] } as unknown as TestCase,
    { ...nothing, errors: [error] } as unknown as TestResult,
  );
  expect(error.message).toBe('Received: "…id_token_hint=[redacted]"');
  expect(error.stack).not.toContain(sealed);

  const step = { title: 'Fill "pw-123e4567-e89b-12d3-a456-426614174000" locator' } as TestStep;
  reporter.onStepEnd({} as TestCase, {} as TestResult, step);
  expect(step.title).toBe('Fill "[redacted]" locator');
});

test('JSON stays JSON when a text in it begins a quoted secret and does not end it', () => {
  const content = { logs: { pod: ["{ password: 'abc", 'the next line'] }, marks: [{ password: 'def' }], keys: 1 };
  const clean = Buffer.from(redactBytes(Buffer.from(JSON.stringify(content)))).toString();
  expect(JSON.parse(clean)).toEqual({
    logs: { pod: ["{ password: '[redacted]", 'the next line'] },
    marks: [{ password: '[redacted]' }],
    keys: 1,
  });
});

test('in JSON each text is redacted as a text of its own, such as a line of a log', () => {
  const lines = ['client_secret: an-opaque-value', JSON.stringify(JSON.stringify({ password: 'an-opaque-value' }))];
  const clean = Buffer.from(redactBytes(Buffer.from(JSON.stringify({ logs: { pod: lines } })))).toString();
  expect(clean).not.toContain('an-opaque-value');
});

test('a parameter is redacted however often its address was encoded', () => {
  const once = encodeURIComponent('/x?code=an-opaque-value&a=b');
  for (const text of [once, encodeURIComponent(once), encodeURIComponent(encodeURIComponent(once))])
    expect(redact(`next=${text}`)).not.toContain('an-opaque-value');
});
