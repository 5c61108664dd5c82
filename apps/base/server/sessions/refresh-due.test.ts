import { expect, test } from 'vitest';
import { isRefreshDue } from './refresh-due.ts';

const now = 1_000_000;

test.each([
  ['a fresh token of five minutes', { iat: now, exp: now + 300 }, false],
  ['one with 31 s left', { iat: now - 269, exp: now + 31 }, false],
  ['one with 30 s left', { iat: now - 270, exp: now + 30 }, true],
  ['one that has expired', { iat: now - 301, exp: now - 1 }, true],
  ['a fresh token of eight seconds', { iat: now, exp: now + 8 }, false],
  ['one of eight seconds in its last two', { iat: now - 6, exp: now + 2 }, true],
  ['an entry whose exp was set to 1', { iat: now, exp: 1 }, true],
])('%s', (_, entry, due) => {
  expect(isRefreshDue(entry, now)).toBe(due);
});
