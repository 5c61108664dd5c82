import { expect, test } from 'vitest';
import { isIdle } from './idle.ts';

test.each([
  [0, false],
  [43_199, false],
  [43_200, false],
  [43_201, true],
])('tokens renewed %i seconds ago, with a limit of 12 hours: idle %s', (ago, idle) => {
  const now = 1_800_000_000;
  expect(isIdle({ iat: now - ago }, 43_200, now)).toBe(idle);
});
