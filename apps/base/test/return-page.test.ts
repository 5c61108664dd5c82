import type { H3Event } from 'h3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { recallPage, rememberPage } from '../server/http/return-page.ts';

const jar = new Map<string, string>();
const event = {} as H3Event;

beforeAll(() => {
  vi.stubGlobal('getCookie', (_event: H3Event, name: string) => jar.get(name));
  vi.stubGlobal('setCookie', (_event: H3Event, name: string, value: string) => jar.set(name, value));
  vi.stubGlobal('deleteCookie', (_event: H3Event, name: string) => jar.delete(name));
});
beforeEach(() => jar.clear());
afterAll(() => vi.unstubAllGlobals());

test('a page is remembered for one sign-in', () => {
  rememberPage(event, '/users?page=2');
  expect([recallPage(event), recallPage(event)]).toEqual(['/users?page=2', '/']);
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/\t/evil.example', '/auth/oidc/logout'])(
  '%j leads home, whether it is asked for or already in the cookie',
  (page) => {
    rememberPage(event, page);
    expect([...jar.values()]).toEqual(['/']);
    for (const name of jar.keys()) jar.set(name, page);
    expect(recallPage(event)).toBe('/');
  },
);
