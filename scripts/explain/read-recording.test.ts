import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { HarnessError } from '../../fleet/errors.ts';
import { scratchFolder } from '../../fleet/testing.ts';
import * as files from './read-recording.ts';

const readHar = (path: string) => files.readHar(path).exchanges;
const readTrace = (path: string) => files.readTrace(path).exchanges;

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
  const path = join(scratchFolder(), 'file');
  writeFileSync(path, content);
  return work(path);
}

test.each<[string, string | Uint8Array]>([
  ['a HAR with a byte order mark', `\uFEFF${har}`],
  ['a HAR in gzip', gzipSync(har)],
])('%s is read', (_, content) => {
  const [exchange] = withFile(content, readHar);
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
  expect(() => withFile(content, readHar)).toThrow(HarnessError);
  expect(() => withFile(content, readHar)).toThrow(sentence);
});

test('the order is that of a clock that nobody sets, and times that contradict the order are unsure', () => {
  const at = (startedDateTime: string, time: number, more: object = {}) => ({
    ...entry,
    startedDateTime,
    time,
    ...more,
  });
  const read = (...entries: object[]) => withFile(JSON.stringify({ log: { entries } }), readHar);
  const [early, late] = ['2026-01-05T07:00:00Z', '2026-01-05T09:00:00Z'];
  const ordered = read(at(early, 2, { _monotonicTime: 20 }), at(late, 1, { _monotonicTime: 10 }));
  expect(ordered.map(({ ms, isTimeUnsure }) => [ms, isTimeUnsure])).toEqual([
    [1, true],
    [2, true],
  ]);
  expect(read(at(late, 1), at(early, 2)).map(({ ms, isTimeUnsure }) => [ms, isTimeUnsure])).toEqual([
    [2, true],
    [1, true],
  ]);
  expect(read(at(early, 1), at(late, 2)).some(({ isTimeUnsure }) => isTimeUnsure)).toBe(false);
  const ahead = read(at(early, 1, { _monotonicTime: 10 }), at(late, 2, { _monotonicTime: 20 }));
  expect(ahead.every(({ isTimeUnsure }) => isTimeUnsure)).toBe(true);
});

test('why no answer came is read, unless the browser gave up', () => {
  const read = (error: object) =>
    withFile(
      JSON.stringify({ log: { entries: [{ ...entry, response: { status: 0, headers: [], ...error } }] } }),
      readHar,
    );
  expect(read({ _failureText: 'net::ERR_INTERNET_DISCONNECTED' })[0]?.failure).toBe('ERR_INTERNET_DISCONNECTED');
  expect(read({ _error: 'net::ERR_CONNECTION_RESET' })[0]?.failure).toBe('ERR_CONNECTION_RESET');
  expect(read({ _error: 'net::ERR_ABORTED' })[0]?.failure).toBeUndefined();
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
  const text = JSON.stringify({ log: { entries: [written] } });
  expect(withFile(text, readHar)).toMatchObject([seen]);
});

test('unusable entries are left out and named, and the others are put in the order of their times', () => {
  const later = { ...entry, startedDateTime: '2026-01-05T09:00:09.000Z', response: { status: 200 } };
  const text = JSON.stringify({ log: { entries: [null, later, entry] } });
  const { exchanges, leftOut } = withFile(text, files.readHar);
  expect(exchanges.map(({ status }) => status)).toEqual([401, 200]);
  expect(leftOut).toMatch(/1 of 3 entries are left out: entry 0 has no usable/);
});

test('a file that is missing gets a sentence', () => {
  expect(() => readHar('/no/such/file.har')).toThrow(/There is no file/);
});

test('a trace of Playwright is read', () => {
  const line = JSON.stringify({ type: 'resource-snapshot', snapshot: entry });
  const zip = zipSync({ '0-trace.network': strToU8(`${line}\n{"type":"other"}\n`), '0-trace.trace': strToU8('') });
  expect(withFile(zip, readTrace)).toMatchObject([{ status: 401 }]);
  expect(() => withFile(zip.subarray(0, 40), readTrace)).toThrow(/no readable zip file/);
  expect(() => withFile(zipSync({ 'a.txt': strToU8('') }), readTrace)).toThrow(/has no network log/);
});
