import { expect, test } from 'vitest';
import { isSameOrigin } from './same-origin.ts';

const own = 'https://portal.dezky.example';

test.each([
  [{ 'sec-fetch-site': 'same-origin' }],
  [{ 'sec-fetch-site': 'same-origin', origin: 'null' }],
  [{ origin: own }],
])('%j is of the app itself', (headers) => {
  expect(isSameOrigin(headers, own)).toBe(true);
});

test.each([
  [{}],
  [{ 'sec-fetch-site': 'same-site' }],
  [{ 'sec-fetch-site': 'cross-site', origin: own }],
  [{ 'sec-fetch-site': 'none' }],
  [{ 'sec-fetch-site': '' }],
  [{ origin: 'null' }],
  [{ origin: 'http://portal.dezky.example' }],
  [{ origin: `${own}:8443` }],
  [{ origin: `${own}.evil.example` }],
  [{ origin: 'https://mail.dezky.example' }],
])('%j is not', (headers) => {
  expect(isSameOrigin(headers, own)).toBe(false);
});
