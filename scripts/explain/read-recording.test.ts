import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { scratchFolder } from '../../fleet/testing.ts';
import { readRecording } from './read-recording.ts';

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

/** Reads a file with this content. */
function read(content: string | Uint8Array) {
  const path = join(scratchFolder(), 'file');
  writeFileSync(path, content);
  return readRecording(path);
}
const readEntries = (...entries: unknown[]) => read(JSON.stringify({ log: { entries } }));

test.each<[string, string | Uint8Array]>([
  ['a HAR with a byte order mark', `\uFEFF${har}`],
  ['a HAR in gzip', gzipSync(har)],
])('%s is read', (_, content) => {
  const [exchange] = read(content).exchanges;
  expect(exchange).toMatchObject({ method: 'GET', status: 401, ms: 12 });
  expect(exchange?.received.get('x-served-by')).toBe('operator-a');
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['a truncated HAR', har.slice(0, -9), /is not JSON, or is truncated\. Export it again/],
  ['truncated gzip', gzipSync(har).subarray(0, 60), /is gzip that is damaged/],
  ['another JSON', '{"a":1}', /no HAR: it has no log\.entries/],
  ['no requests', '{"log":{"entries":[]}}', /has no requests\. Record while/],
  ['an entry without a URL', har.replace('https://', ''), /entry 0 has no usable request\.url/],
])('%s gets a sentence', (_, content, sentence) => {
  expect(() => read(content)).toThrow(HarnessError);
  expect(() => read(content)).toThrow(sentence);
});

test('unusable entries are left out and named, the others are in the order of their times, which a great disorder makes unsure', () => {
  const at = (startedDateTime: string) => ({ ...entry, startedDateTime });
  const [early, soon, late] = ['2026-01-05T07:00:00Z', '2026-01-05T07:00:05Z', '2026-01-05T09:00:00Z'].map(at);
  const { exchanges, leftOut } = readEntries(null, soon, early);
  expect(exchanges.map((each) => each.at)).toEqual(
    [soon, early].map((each) => Date.parse(each!.startedDateTime)).toSorted(),
  );
  expect(exchanges.some(({ isTimeUnsure }) => isTimeUnsure)).toBe(false);
  expect(leftOut).toMatch(/1 of 3 entries are left out: entry 0 has no usable/);
  expect(readEntries(late, early).exchanges.every(({ isTimeUnsure }) => isTimeUnsure)).toBe(true);
});

test.each([
  [{ _failureText: 'net::ERR_INTERNET_DISCONNECTED' }, 'ERR_INTERNET_DISCONNECTED'],
  [{ _error: 'net::ERR_CONNECTION_RESET' }, 'ERR_CONNECTION_RESET'],
  [{ _error: 'net::ERR_ABORTED' }, undefined],
])('why no answer came is read, unless the browser gave up: %j', (error, failure) => {
  const { exchanges } = readEntries({ ...entry, response: { status: 0, headers: [], ...error } });
  expect(exchanges[0]?.failure).toBe(failure);
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
    'a status as text, and a header without a value',
    { ...entry, response: { status: '401', headers: [{ name: 'x' }, ...entry.response.headers] } },
    { status: 401, received: new Headers({ 'x-served-by': 'operator-a' }) },
  ],
  ['Safari: no response', { ...entry, response: { status: null, headers: [] } }, { status: 0 }],
  [
    'Safari: where a redirect leads is beside the headers',
    { ...entry, response: { status: 302, headers: [], redirectURL: '/sign-in' } },
    { received: new Headers({ location: '/sign-in' }) },
  ],
];

test.each(entries)('%s', (_, written, seen) => {
  expect(readEntries(written).exchanges).toMatchObject([seen]);
});

test('a file that is missing gets a sentence', () => {
  expect(() => readRecording('/no/such/file.har')).toThrow(/There is no file/);
});

test('a trace of Playwright is read', () => {
  const slow = { ...entry, startedDateTime: new Date(Date.parse(entry.startedDateTime) - 60_000), _monotonicTime: 1 };
  // Written when they have ended.
  const lines = [{ ...entry, _monotonicTime: 60_001 }, slow].map((snapshot) =>
    JSON.stringify({ type: 'resource-snapshot', snapshot }),
  );
  const log = strToU8(`${lines.join('\n')}\n{"type":"other"}\n`);
  const zip = zipSync({ '0-trace.network': log, '0-trace.trace': strToU8('') });
  const { exchanges } = read(zip);
  expect(exchanges).toMatchObject([{ status: 401 }, { status: 401 }]);
  expect(exchanges.some(({ isTimeUnsure }) => isTimeUnsure)).toBe(false);
  expect(() => read(zip.subarray(0, 40))).toThrow(/no readable zip file/);
  expect(() => read(zipSync({ 'a.txt': strToU8('') }))).toThrow(/has no network log/);
});
