import { expect, test } from 'vitest';
import { bodyLimit, isTooLarge } from './body-limit.ts';

test.each([
  [{}, false],
  [{ 'content-length': '0' }, false],
  [{ 'content-length': `${bodyLimit}` }, false],
  [{ 'content-length': `${bodyLimit + 1}` }, true],
  [{ 'transfer-encoding': 'chunked' }, true],
  [{ 'transfer-encoding': 'gzip, chunked', 'content-length': '1' }, true],
])('%j', (headers, tooLarge) => {
  expect(isTooLarge(headers)).toBe(tooLarge);
});
