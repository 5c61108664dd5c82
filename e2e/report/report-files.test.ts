import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { scratchFolder } from '../../fleet/testing.ts';
import { redactBytes, scanReports } from './report-files.ts';

const secret = 'correct "horse" & battery staple';

let reports: string;
let said: string;
beforeEach(() => {
  reports = scratchFolder();
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((said += String(text))));
});
afterEach(() => vi.restoreAllMocks());

function leave(file: string, content: string | Uint8Array): string {
  const path = join(reports, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** An archive whose writer was interrupted. */
const half = (content: string): Uint8Array => zipSync({ 'trace.trace': strToU8(content) }).slice(0, 60);

test('what Playwright works on is none of the reports: a runner that was cut off leaves it half-written', () => {
  leave('results.json', '{}');
  leave('test-results/.playwright-artifacts-0/traces/1.zip', half('x'));
  leave('test-results/.playwright-artifacts-1/page.txt', secret);
  leave('test-results/a-test/trace.zip', zipSync({ 'trace.trace': strToU8('x') }));
  scanReports(reports, [secret]);
  expect(readdirSync(join(reports, 'test-results'))).toEqual(['a-test']);
  expect(existsSync(join(reports, 'results.json'))).toBe(true);
  expect(said).toBe('');
});

test('an archive that cannot be opened goes, and is no secret', () => {
  const broken = leave('test-results/a-test/trace.zip', half('x'));
  scanReports(reports, [secret]);
  expect(existsSync(broken)).toBe(false);
  expect(said).toBe(
    `test-results/a-test/trace.zip of ${reports} cannot be looked into (invalid zip data), and was removed.\n`,
  );
});

test('beside a secret it is told as what it is', () => {
  leave('broken.zip', half('x'));
  leave('left.txt', secret);
  expect(() => scanReports(reports, [secret])).toThrow(
    /^The reports held secrets\. These files of .* were removed:\n {2}left\.txt: a secret of this run\n(?!.*broken)/,
  );
  expect(readdirSync(reports)).toEqual([]);
  expect(said).toContain('broken.zip of ');
});

test('its name is looked into all the same', () => {
  const name = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ';
  leave(`${name}.zip`, half('x'));
  expect(() => scanReports(reports, [])).toThrow('a JWT');
  expect(readdirSync(reports)).toEqual([]);
  expect(said).not.toContain(name);
});

test('a trace keeps its pictures and loses its secrets', () => {
  const picture = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe, 0x00]);
  const archive = zipSync({
    'trace.network': strToU8('{"name":"cookie","value":"secret-value"} straße stra%C3%9Fe'),
    'resources/a.png': picture,
  });
  const after = unzipSync(redactBytes(archive, ['straße']));
  expect(strFromU8(after['trace.network'] ?? new Uint8Array())).toBe(
    '{"name":"cookie","value":"[redacted]"} [redacted] [redacted]',
  );
  expect(after['resources/a.png']).toEqual(picture);
});
