import { expect, test } from 'vitest';
import { localPath } from './return-page.ts';

test.each(['/', '/tenants', '/users?page=2#top', '/authors'])('goes to %s', (path) => {
  expect(localPath(path)).toBe(path);
});

test.each([
  undefined,
  ['/tenants', '/users'],
  '',
  'tenants',
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/.//evil.example',
  '/\t/evil.example',
  '/auth/oidc/logout',
  '/x/../auth/oidc/logout',
  '/tenants//',
  '/_nuxt/entry.js',
  '/api/me',
  '/sign-in',
  '/signed-out?x',
])('goes home instead of to %j', (value) => {
  expect(localPath(value)).toBe('/');
});
