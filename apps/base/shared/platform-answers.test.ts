import { expect, test } from 'vitest';
import { platformAnswers, type PlatformPath } from './platform-answers.ts';

const user = { pk: 1, username: 'a', name: 'A', email: '', active: true, lastLogin: null, groups: [] };

test.each<[PlatformPath, unknown, boolean]>([
  ['/v1/users', { count: 1, users: [user] }, true],
  ['/v1/users', { count: 1, users: [{ ...user, lastLogin: '2026-11-04T13:05:00.123456Z' }] }, true],
  ['/v1/users', { count: 1, users: [{ ...user, lastLogin: 'not a date' }] }, false],
  ['/v1/tenants', { count: 1, tenants: [{ id: '1', name: 'Aurora', plan: null, domain: null, members: 2 }] }, true],
  ['/v1/tenants', { count: 1, tenants: [{ id: '1', name: 'Aurora', plan: null, domain: null }] }, false],
  ['/v1/tenants', { tenants: [] }, false],
  ['/v1/me', {}, false],
  ['/v1/me', { username: 'a', name: null, email: null, groups: [], operator: false }, true],
  ['/v1/me', null, false],
  ['/v1/storage', { usedBytes: 1, totalBytes: null, more: 1 }, true],
])('%s with %j is as agreed: %s', (path, body, is) => {
  expect(platformAnswers[path].safeParse(body).success).toBe(is);
});

test.each<[PlatformPath, string]>([
  ['/v1/me', JSON.stringify({ username: 'a', name: null, email: null, groups: [], operator: false })],
  ['/v1/users', JSON.stringify({ count: 1, users: [user] })],
  [
    '/v1/tenants',
    JSON.stringify({ count: 1, tenants: [{ id: '1', name: 'A', plan: null, domain: null, members: 1 }] }),
  ],
  ['/v1/user-counts', JSON.stringify({ all: 3, active: 2, recent: 1 })],
  ['/v1/mailbox', JSON.stringify({ addresses: [], usedBytes: 1, quotaBytes: null })],
  ['/v1/storage', JSON.stringify({ usedBytes: 1, totalBytes: null })],
])('no other field of %s reaches the browser, at any depth', (path, agreed) => {
  const more = JSON.parse(agreed.replaceAll('{', '{"secret":"s",')) as unknown;
  expect(platformAnswers[path].parse(more)).toEqual(JSON.parse(agreed));
});
