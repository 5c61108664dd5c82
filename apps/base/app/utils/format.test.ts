import { expect, test } from 'vitest';
import { formatBytes, formatTime } from './format.ts';
import { hostOf } from './host-of.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [1_536_000_000, '1.5 GB'],
  [5e18, '5000 PB'],
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
