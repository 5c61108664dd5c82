import { expect, test } from 'vitest';
import { formatBytes, formatTime, hostOf, groupWords, words } from './format.ts';

test.each([
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1.5 * 1024 ** 3, '1.5 GiB'],
  [5000 * 1024 ** 5, '5000 PiB'],
])('formatBytes(%d) is %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('formatTime says the same wherever it runs', () => {
  expect(formatTime('2026-11-04T23:30:00+02:00')).toBe('4 Nov 2026, 21:30');
});

test.each([
  ['https://auth.dezky.example', 'auth.dezky.example'],
  ['http://127.0.0.1:9000', '127.0.0.1:9000'],
])('hostOf(%s) is %s', (url, host) => {
  expect(hostOf(url)).toBe(host);
});

test.each([
  ['dezky-operators', 'Operators'],
  ['tenant-blue_sky', 'Blue sky'],
  ['authentik Admins', 'Authentik Admins'],
  ['', ''],
])('words(%j) is %j', (name, text) => {
  expect(words(name)).toBe(text);
});

test('no group is a word as well', () => {
  expect(groupWords(['dezky-customers', 'tenant-aurora'])).toBe('Customers, Aurora');
  expect(groupWords([])).toBe('None');
});
