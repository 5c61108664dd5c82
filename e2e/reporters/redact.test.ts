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
    ['a generated password', 'fill pw-123e4567-e89b-12d3-a456-426614174000', '426614174000'],
  ])('%s', (_what, content, secret) => {
    expect(content).toContain(secret);
    expect(redact(content)).not.toContain(secret);
  });

  test('what does not grant anything stays readable', () => {
    const content =
      'https://auth.example/application/o/operator/end-session/?post_logout_redirect_uri=https%3A%2F%2Foperator';
    expect(redact(content)).toBe(content);
    expect(redact('{"statusCode":401,"code":"x"}')).toBe('{"statusCode":401,"code":"x"}');
  });

  test('JSON stays JSON', () => {
    const entry = JSON.stringify({ name: 'cookie', value: 'a="quoted"; b=\\' });
    expect(JSON.parse(redact(entry))).toEqual({ name: 'cookie', value: '[redacted]' });
  });
});

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
