import { expect, test } from 'vitest';
import { isHalfOver } from './cookie-age.ts';

const day = 24 * 60 * 60 * 1000;

test.each([
  [0, false],
  [6.9, false],
  [7, false],
  [7.1, true],
  [13.9, true],
])('a cookie that is %f days old: more than half over %s', (days, over) => {
  const now = Date.parse('2026-09-01T12:00:00Z');
  expect(isHalfOver(now - days * day, now)).toBe(over);
});
