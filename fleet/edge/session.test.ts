import { expect, test } from 'vitest';
import { SessionLabels } from './session.ts';

const host = 'operator.dezky.example';
const cookie = (value: string): string => `a=b; __Host-nuxt-oidc-auth=${value}; c=d`;
const set = (value: string): string => `__Host-nuxt-oidc-auth=${value}; Path=/; HttpOnly; Secure`;

test.each([
  ['without a cookie', undefined],
  ['with an unknown cookie', cookie('A')],
  [
    'with other cookies',
    'nuxt-oidc-auth=x; my__Host-nuxt-oidc-auth=x; __Host-nuxt-oidc-auth-2=y; __Host-nuxt-oidc-auth=',
  ],
])('a request %s belongs to no session', (_name, cookies) => {
  const sessions = new SessionLabels();
  sessions.learn('one', host, undefined, [set('')]);
  expect(sessions.ofRequest(host, cookies)).toBe('');
});

test('a cookie has the label of the response that set it, also when it is resealed', () => {
  const sessions = new SessionLabels();
  sessions.learn('one', host, undefined, ['other=1', set('A')]);
  sessions.learn('one', host, cookie('A'), [set('B')]);
  for (const value of ['A', 'B']) expect(sessions.ofRequest(host, cookie(value))).toBe('one');
  expect(sessions.ofRequest('portal.dezky.example', cookie('A'))).toBe('');
});

test('a cookie that another client has set is known by the first response to it', () => {
  const sessions = new SessionLabels();
  sessions.learn('one', host, cookie('A'), []);
  expect(sessions.ofRequest(host, cookie('A'))).toBe('one');
});

test('a new sign-in with an old cookie is another session', () => {
  const sessions = new SessionLabels();
  sessions.learn('one', host, undefined, [set('A')]);
  sessions.learn('two', host, cookie('A'), [set('B')]);
  expect(['A', 'B'].map((value) => sessions.ofRequest(host, cookie(value)))).toEqual(['one', 'two']);
});

test('the oldest cookies are forgotten', () => {
  const sessions = new SessionLabels(2);
  for (const value of ['A', 'B', 'C']) sessions.learn(value, host, undefined, [set(value)]);
  expect(['A', 'B', 'C'].map((value) => sessions.ofRequest(host, cookie(value)))).toEqual(['', 'B', 'C']);
});
