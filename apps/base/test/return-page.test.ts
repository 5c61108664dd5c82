import type { H3Event } from 'h3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { localPath, recallPage, rememberPage } from '../server/http/return-page.ts';

const jar = new Map<string, string>();
const event = (state?: string) => ({ state }) as unknown as H3Event;

beforeAll(() => {
  vi.stubGlobal('getQuery', (query: object) => query);
  vi.stubGlobal('getCookie', (_event: H3Event, name: string) => jar.get(name));
  vi.stubGlobal('setCookie', (_event: H3Event, name: string, value: string) => jar.set(name, value));
  vi.stubGlobal('deleteCookie', (_event: H3Event, name: string) => jar.delete(name));
});
beforeEach(() => jar.clear());
afterAll(() => vi.unstubAllGlobals());

test('each sign-in of a browser has its page, once', () => {
  for (const tab of ['1', '2']) rememberPage(event(), `state-${tab}`, `/users?page=${tab}`);
  const recalled = ['state-1', 'state-1', 'of another', 'state-2'].map((state) => recallPage(event(state)));
  expect(recalled).toEqual(['/users?page=1', '/', '/', '/users?page=2']);
  expect(jar.size, 'cookies').toBe(0);
});

test('the cookie stays small, and keeps the newest', () => {
  for (let tab = 0; tab < 40; tab += 1) rememberPage(event(), `state-${tab}`, `/users?page=${'x'.repeat(300)}${tab}`);
  expect(encodeURIComponent([...jar.values()].join('')).length).toBeLessThan(3600);
  expect(recallPage(event('state-39'))).toMatch(/x39$/);
  expect(recallPage(event('state-0'))).toBe('/');
});

test('a page that leads elsewhere leads home, whether it is asked for or already in the cookie', () => {
  rememberPage(event(), 'state', '//evil.example');
  expect([...jar.values()]).toEqual(['[["state","/"]]']);
  jar.set('dezky-return-to', JSON.stringify([['state', '//evil.example']]));
  expect(recallPage(event('state'))).toBe('/');
});

test.each(['/users', '[]', '[[1,2]]', '{', 'null'])('a cookie that is %s holds no page', (value) => {
  jar.set('dezky-return-to', value);
  expect(recallPage(event('state'))).toBe('/');
});

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
