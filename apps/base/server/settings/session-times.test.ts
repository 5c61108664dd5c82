import { expect, test } from 'vitest';
import {
  isHalfOver,
  isIdle,
  isRefreshDue,
  isTooOld,
  refreshTimes,
  sessionTtlSeconds,
  timeouts,
} from './session-times.ts';

test.each([
  [0, false],
  [0.49, false],
  [0.5, false],
  [0.51, true],
  [0.99, true],
])('a cookie after %f of its lifetime: more than half over %s', (share, over) => {
  const now = Date.parse('2026-09-01T12:00:00Z');
  expect(isHalfOver(now - share * sessionTtlSeconds * 1000, now)).toBe(over);
});

test.each([
  [0, false],
  [43_199, false],
  [43_200, false],
  [43_201, true],
])('tokens renewed %i seconds ago, with a limit of 12 hours: idle %s', (ago, idle) => {
  const now = 1_800_000_000;
  expect(isIdle({ iat: now - ago }, 43_200, now)).toBe(idle);
});

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

test.each([
  ['just now', now, false],
  ['a day ago', now - 86_400, false],
  ['longer ago', now - 86_401, true],
  ['at an unknown time', undefined, true],
])('a user who signed in %s', (_, signedIn, tooOld) => {
  expect(isTooOld(signedIn === undefined ? {} : { auth_time: signedIn }, 86_400, now)).toBe(tooOld);
});

/** Milliseconds. The rule graceful-end gives the requests of a pod that ends more than that. */
const longest = 10_000;

test.each([
  ['a call', [timeouts.request, timeouts.lastPart]],
  [
    'a call that waits for a refresh, and then for platform-api',
    [2 * timeouts.redis, refreshTimes.wait, timeouts.lastPart],
  ],
  // Commands: previous session, clock, new session (write and read), recorded ends, end of the previous session.
  ['a sign-in', [6 * timeouts.redis, timeouts.authentik]],
  ['a sign-out', [3 * timeouts.redis]],
])('%s is answered within 10 s, even when every dependency times out', (_, parts) => {
  expect(parts.reduce((sum, part) => sum + part)).toBeLessThanOrEqual(longest);
});
