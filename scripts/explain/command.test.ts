import { ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { explainFile } from './command.ts';
import { call, entriesOf, harOf, shop, signIn, type Visit } from './testing/shop.ts';

function written(content: string | Uint8Array): string {
  const path = join(scratchFolder(), 'it.har');
  writeFileSync(path, content);
  return path;
}
const plain = (text: string): string => stripVTControlCharacters(text);
const cached = call(3, 401, { received: { age: '9' } });

const ofOperator = { url: 'https://operator.dezky.example/api/me', sent: { cookie: '__Host-nuxt-oidc-auth=x' } };

test.each<[string, Visit[], number]>([
  [
    'what the app says',
    [call(1, 200, ofOperator), call(2, 401, { ...ofOperator, received: { 'x-session-reason': 'back-channel' } })],
    1,
  ],
  ['nothing seen', [...signIn(), call(2)], 1],
  ['no app', [{ at: 0, url: 'https://other.example/' }], 2],
])('%s has its exit code', (_, visits, code) => {
  expect(explainFile(written(harOf(visits))).exitCode).toBe(code);
});

test('a HAR, one in gzip and a trace of Playwright say the same, with the story and the command that reproduces it', () => {
  const har = harOf([...signIn(), call(2), cached]);
  const lines = entriesOf([...signIn(), call(2), cached]).map((snapshot) =>
    JSON.stringify({ type: 'resource-snapshot', snapshot }),
  );
  const texts = [har, gzipSync(har), zipSync({ '0-trace.network': strToU8(lines.join('\n')) })].map((content) =>
    plain(explainFile(written(content), { name: 'it.har' }).text),
  );
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toMatch(
    /\n +1 +0\.3 s {2}sign in to shop\.example +signed in\n +2 +2\.0 s {2}GET \/api\/me of shop\.example +200\n/,
  );
  expect(texts[0]).toContain('\nLikely: a cache answered request 3, and no pod: age: 9.\n');
  expect(texts[0]).toMatch(/\n\nAgain: npx @dezky\/session-check .* --cookie sid$/);
});

test('a file whose hosts are those of these apps is replayed by its command', () => {
  const path = join(import.meta.dirname, 'testing/memory-sessions.har');
  expect(explainFile(path, { name: 'a b.har' }).text).toContain("Again: npm run repro -- --har 'a b.har'");
});

test('no escape of a file reaches the terminal, and nothing secret', () => {
  const escape = '\u001B]0;owned\u0007\u009B31m';
  const hostile: Visit[] = [
    ...signIn({ set: `Path=/${escape}; HttpOnly` }),
    call(2, 200, { url: `${shop}/${escape}/<script>alert(1)</script>`, pod: `shop${escape}` }),
    call(3, 401, { received: { 'x-request-id': escape, 'x-session-reason': `idle${escape}`, age: `9${escape}` } }),
    { ...call(4), method: `GET${escape}` },
  ];
  const { text } = explainFile(written(harOf(hostile)), { name: `it${escape}.har` });
  expect(plain(text)).not.toMatch(/\p{Cc}(?<!\n)/u);
  expect(text).not.toMatch(/owned|secret-|<script/);
  expect(text).not.toContain(`${escape}.har`);
  expect(plain(explainFile(`/no/${escape}`).text)).not.toMatch(/\p{Cc}/u);
});

const bomb = (): Uint8Array => gzipSync(Buffer.alloc(151 * 1024 * 1024), { level: 1 });

/** Whose directory says that its file has 4 GB. */
function zipBomb(): Uint8Array {
  const zip = Buffer.from(zipSync({ 'x.network': strToU8('{}') }));
  zip.writeUInt32LE(0xffff_fff0, zip.lastIndexOf('PK\u0001\u0002') + 24);
  return zip;
}

test.each<[string, () => string, RegExp]>([
  ['no file', () => '/no/such/file.har', /There is no file/],
  ['no JSON', () => written('<html>'), /is not JSON, or is truncated/],
  ['no HAR', () => written('{"log":[]}'), /is JSON, but no HAR/],
  ['very deep JSON', () => written('['.repeat(3_000_000)), /is not JSON, or is truncated|no HAR/],
  ['many lists', () => written('[' + '[],'.repeat(3_000_001)), /has 3000002 objects and lists, which no recording/],
  ['a gzip bomb', () => written(bomb()), /is gzip that is damaged, incomplete, or is larger than 100 MiB/],
  ['a zip bomb', () => written(zipBomb()), /The network log .* is larger than 100 MiB/],
  [
    '200 MB',
    () => {
      const path = written('{');
      ftruncateSync(openSync(path, 'r+'), 200_000_000);
      return path;
    },
    /is larger than 100 MiB\. Record only the failing minutes/,
  ],
])('%s gets a sentence and exit code 2', (_, path, sentence) => {
  const { text, exitCode } = explainFile(path());
  expect(exitCode).toBe(2);
  expect(text).toMatch(sentence);
});
