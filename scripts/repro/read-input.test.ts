import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test, vi } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { readCurl } from './read-curl.ts';
import { readLimited } from './read-file.ts';
import { readHar } from './read-har.ts';
import { readInput } from './read-input.ts';
import { readTrace } from './read-trace.ts';

const entry = {
  startedDateTime: '2026-01-05T09:00:00.000Z',
  time: 12,
  request: {
    method: 'GET',
    url: 'https://operator.dezky.example/api/me',
    headers: [{ name: ':method', value: 'GET' }],
  },
  response: { status: 401, headers: [{ name: 'x-served-by', value: 'operator-a' }] },
};
const har = JSON.stringify({ log: { version: '1.2', entries: [entry] } });

/** Writes a file, and gives its path to `work`. */
function withFile<Result>(content: string | Uint8Array, work: (path: string) => Result): Result {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'dezky-input-'));
  const path = join(folder.path, 'file');
  writeFileSync(path, content);
  return work(path);
}

test.each<[string, string | Uint8Array]>([
  ['a HAR', har],
  ['a HAR with a byte order mark', `\uFEFF${har}`],
  ['a HAR in gzip', gzipSync(har)],
  ['a HAR that PowerShell wrote (UTF-16)', Buffer.from(`\uFEFF${har}`, 'utf16le')],
  ['a HAR in big-endian UTF-16', Buffer.from(`\uFEFF${har}`, 'utf16le').swap16()],
])('%s is read', (_, content) => {
  const [exchange] = withFile(content, readHar);
  expect(exchange).toMatchObject({ method: 'GET', status: 401, ms: 12 });
  expect(exchange?.received.get('x-served-by')).toBe('operator-a');
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['a truncated HAR', har.slice(0, -9), /truncated or damaged: .* Export or copy it again\./],
  ['truncated gzip', gzipSync(har).subarray(0, 60), /is gzip and cannot be decompressed/],
  ['another JSON', '{"a":1}', /no HAR: it has no log\.entries/],
  ['a text', 'hello', /it is not JSON/],
  ['an empty file', '', /is empty/],
  ['no requests', '{"log":{"entries":[]}}', /has no requests/],
  ['an entry without a URL', har.replace('https://', ''), /entry 0 has no usable request\.url/],
])('%s gets a sentence', (_, content, sentence) => {
  expect(() => withFile(content, readHar)).toThrow(HarnessError);
  expect(() => withFile(content, readHar)).toThrow(sentence);
});

/** An entry as others than Chromium write it. */
const entries: ReadonlyArray<[who: string, entry: object, seen: object]> = [
  [
    'Firefox: an offset, HTTP/2, no header',
    { ...entry, startedDateTime: '2026-01-05T10:00:00.123+01:00', response: { status: 401, httpVersion: 'HTTP/2' } },
    { status: 401, at: Date.parse('2026-01-05T09:00:00.123Z') },
  ],
  [
    'Charles: an offset without a colon, no time',
    { ...entry, startedDateTime: '2026-01-05T10:00:00.123+0100', time: undefined },
    { status: 401, ms: 0 },
  ],
  [
    'Fiddler: seven digits of a second',
    { ...entry, startedDateTime: '2026-01-05T10:00:00.1234567+01:00' },
    { status: 401 },
  ],
  [
    'a status as text, and a header without a value',
    { ...entry, response: { status: '401', headers: [{ name: 'x' }, ...entry.response.headers] } },
    { status: 401, received: new Headers({ 'x-served-by': 'operator-a' }) },
  ],
  ['Safari: no answer', { ...entry, response: { status: null, headers: [] } }, { status: 0 }],
  [
    'Safari: where a redirect leads is beside the headers',
    { ...entry, response: { status: 302, headers: [], redirectURL: '/sign-in' } },
    { received: new Headers({ location: '/sign-in' }) },
  ],
];

test.each(entries)('%s', (_, written, seen) => {
  const text = JSON.stringify({ log: { entries: [written] } });
  expect(withFile(text, readHar)).toMatchObject([seen]);
});

test('entries that are none are left out, and named', () => {
  const note = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const text = JSON.stringify({
    log: { entries: [null, entry, { ...entry, request: { method: 'CONNECT', url: '' } }] },
  });
  expect(withFile(text, readHar)).toHaveLength(1);
  expect(stripVTControlCharacters(String(note.mock.calls))).toMatch(
    /2 of 3 entries are left out: entry 0 has no usable/,
  );
  note.mockRestore();
});

test('entries are put in the order of their times', () => {
  const later = { ...entry, startedDateTime: '2026-01-05T09:00:09.000Z', response: { status: 200 } };
  const text = JSON.stringify({ log: { entries: [later, entry] } });
  expect(withFile(text, readHar).map(({ status }) => status)).toEqual([401, 200]);
});

test('a file that is too large, or becomes so, gets a sentence', () => {
  expect(() => withFile(har, (path) => readLimited(path, 100))).toThrow(/at most 0 MiB are read\. Record only/);
  const inflated = gzipSync(Buffer.alloc(5000));
  expect(() => withFile(inflated, (path) => readLimited(path, 1000))).toThrow(/after decompression; at most/);
  expect(() => readLimited('/no/such/file.har')).toThrow(/There is no file/);
});

test('a trace of Playwright is read', () => {
  const line = JSON.stringify({ type: 'resource-snapshot', snapshot: entry });
  const zip = zipSync({ '0-trace.network': strToU8(`${line}\n{"type":"other"}\n`), '0-trace.trace': strToU8('') });
  expect(withFile(zip, readTrace)).toMatchObject([{ status: 401 }]);
  expect(() => withFile(zip.subarray(0, 40), readTrace)).toThrow(/no readable zip file/);
  expect(() => withFile(zipSync({ 'a.txt': strToU8('') }), readTrace)).toThrow(/has no network log/);
});

test('a trace whose lines are no events, or whose log is larger than it may be, gets a sentence', () => {
  const lines = zipSync({ 'a.network': strToU8('null\n5\n"x"\n[]\n') });
  expect(() => withFile(lines, readTrace)).toThrow(/has no requests/);
  const inflated = zipSync({ 'a.network': new Uint8Array(5_000), 'b.network': new Uint8Array(5_000) });
  expect(() => withFile(inflated, (path) => readTrace(path, 6_000))).toThrow(/after decompression; at most/);
});

test.each([
  ["curl 'https://operator.dezky.example/api/me", "'"],
  ['curl https://operator.dezky.example/api/me -H "x: it\'s', '"'],
])('a quote that does not end is named, because what follows it may be missing: %s', (command, quote) => {
  expect(() => readCurl(command)).toThrow(`The curl command has a ${quote} without its end.`);
});

test('a text that is no curl command is not repeated, because it may have a secret', () => {
  expect(() => readCurl('https://operator.dezky.example/cb?code=a-secret')).toThrow(/This is no curl command\./);
});

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
  -H 'sec-ch-ua: "Chromium";v="142", "Not A(Brand";v="99"' \\
  -b $'__Host-nuxt-oidc-auth=Fe26.2\u0021**x; theme=it\\'s' \\
  -H 'if-none-match: W/"5-x"'`,
  'Chromium, for cmd': `curl ^"https://operator.dezky.example/api/me?filter=a^%^20b^&n=1^" ^
  -H ^"accept: application/json^" ^
  -H ^"sec-ch-ua: ^\\^"Chromium^\\^";v=^\\^"142^\\^", ^\\^"Not A(Brand^\\^";v=^\\^"99^\\^"^" ^
  -b ^"__Host-nuxt-oidc-auth=Fe26.2**x; theme=dark^" ^
  -H ^"if-none-match: W/^\\^"5-x^\\^"^"`,
  'Firefox, for POSIX': `curl 'https://operator.dezky.example/api/me?filter=a%20b&n=1' \\
  --compressed \\
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' \\
  -H 'Accept: application/json' \\
  -H 'Cookie: __Host-nuxt-oidc-auth=Fe26.2**x; theme=dark' \\
  -H 'TE: trailers'`,
  'Firefox, for Windows': `curl ^"https://operator.dezky.example/api/me?filter=a^%^20b^&n=1^" ^
  --compressed ^
  -H ^"Accept: application/json^" ^
  -H ^"Cookie: __Host-nuxt-oidc-auth=Fe26.2**x; theme=dark^"`,
  'Chromium, for cmd, with the line ends of Windows': `curl "https://operator.dezky.example/api/me?filter=a%20b&n=1" ^\r\n  -H "cookie: __Host-nuxt-oidc-auth=x" ^\r\n  --compressed`,
};

test.each(Object.entries(copied))('a command of several lines of %s is read', (_, command) => {
  const [exchange] = readCurl(command);
  expect(exchange?.method).toBe('GET');
  expect(exchange?.url.href).toBe('https://operator.dezky.example/api/me?filter=a%20b&n=1');
  expect(exchange?.sent.get('cookie')).toMatch(/^__Host-nuxt-oidc-auth=\w/);
  expect(exchange?.status).toBeUndefined();
});

test.each(['wget https://operator.dezky.example', 'curl -H "a: b"', ''])('%j is no curl command', (command) => {
  expect(() => readCurl(command)).toThrow(/Copy it in the browser with "Copy as cURL \(bash\)"/);
});

test('two recordings at once get a sentence', () => {
  expect(() => readInput({ har: 'a.har', trace: 'b.zip' })).toThrow('Give one recording at a time');
});

test.each([
  ['with npm is told that it keeps the command', 'repro', 1],
  ['without npm is told nothing', undefined, 0],
])('who gives a curl command %s', (_, event, notes) => {
  const note = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('npm_lifecycle_event', event);
  readInput({ curl: 'curl https://operator.dezky.example/api/me?token=secret' });
  expect(note).toHaveBeenCalledTimes(notes);
  expect(String(note.mock.calls)).not.toContain('secret');
  note.mockRestore();
  vi.unstubAllEnvs();
});
