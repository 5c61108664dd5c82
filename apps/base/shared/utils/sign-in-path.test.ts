import { expect, test } from 'vitest';
import { pageToCarry, signInPath } from './sign-in-path.ts';
import { signInFailure } from './sign-in-failures.ts';

test.each([
  [{}, '/sign-in'],
  [{ to: '/' }, '/sign-in'],
  [{ to: '/users?page=2' }, '/sign-in?to=%2Fusers%3Fpage%3D2'],
  [{ to: '/users', failed: 'unavailable' }, '/sign-in?failed=unavailable&to=%2Fusers'],
] as const)('%j', (parts, path) => {
  expect(signInPath(parts)).toBe(path);
});

test.each([8, 64, 512])('a page of %i KB is left out', (kilobytes) => {
  const to = `/users?q=${'/'.repeat(kilobytes * 1024)}`;
  expect(signInPath({ to })).toBe('/sign-in');
  expect(pageToCarry(to)).toBe('/');
});

test('what is carried stays below the size that browsers keep in a cookie, encoded', () => {
  const page = `/users?q=${'%'.repeat(600)}`;
  expect(pageToCarry(page)).toBe(page);
  expect(encodeURIComponent(page).length).toBeLessThan(4096 - 1024);
});

test('a page of exactly the longest length is carried, and one character more is not', () => {
  const longest = `/${'x'.repeat(2048 - new URLSearchParams({ page: '/' }).toString().length)}`;
  expect(pageToCarry(longest)).toBe(longest);
  expect(pageToCarry(`${longest}x`)).toBe('/');
});

test('a reason is a sentence for the person', () => {
  expect(signInFailure('cancelled')).toBe('Signing in was cancelled. You can start again.');
});

test.each(['__proto__', 'toString', '', '<b>', undefined, ['cancelled']])('%j is no reason', (reason) => {
  expect(signInFailure(reason)).toBeUndefined();
});
