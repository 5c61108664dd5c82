import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { SessionLineages } from './session.ts';

const host = 'operator.dezky.example';
const label = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 12);
const cookie = (value: string): string => `a=b; __Host-nuxt-oidc-auth=${value}; c=d`;
const set = (value: string, attributes = 'Path=/; HttpOnly; Secure'): string =>
  `__Host-nuxt-oidc-auth=${value}; ${attributes}`;

test('a request without the cookie belongs to no session', () => {
  const sessions = new SessionLineages();
  expect(sessions.ofRequest(host, undefined)).toBe('');
  expect(
    sessions.ofRequest(
      host,
      'nuxt-oidc-auth=x; my__Host-nuxt-oidc-auth=x; __Host-nuxt-oidc-auth-2=y; __Host-nuxt-oidc-auth=',
    ),
  ).toBe('');
});

test('a resealed cookie keeps the label of the first value', () => {
  const sessions = new SessionLineages();
  expect(sessions.ofResponse(host, undefined, ['other=1', set('A')])).toBe(label('A'));
  expect(sessions.ofResponse(host, cookie('A'), [set('B')])).toBe(label('A'));
  expect(sessions.ofResponse(host, cookie('B'), [set('C')])).toBe(label('A'));
  for (const value of ['A', 'B', 'C']) expect(sessions.ofRequest(host, cookie(value))).toBe(label('A'));
});

test('the label of the app replaces that of the first value, and stays with what the app reseals', () => {
  const sessions = new SessionLineages();
  expect(sessions.ofResponse(host, undefined, [set('A')], 'app-label')).toBe('app-label');
  expect(sessions.ofRequest(host, cookie('A'))).toBe('app-label');
  expect(sessions.ofResponse(host, cookie('A'), [set('B')])).toBe('app-label');
  expect(sessions.ofResponse(host, cookie('C'), [], 'later')).toBe('later');
  expect(sessions.ofRequest(host, cookie('C')), 'a session that began before the edge').toBe('later');
});

test('a sign-in in place of a session has the label that the app gives it', () => {
  const sessions = new SessionLineages();
  sessions.ofResponse(host, undefined, [set('A')], 'first');
  expect(sessions.ofResponse(host, cookie('A'), [set('B')], 'second')).toBe('second');
  expect(sessions.ofRequest(host, cookie('B'))).toBe('second');
});

test('a sign-in without a cookie starts a lineage, also for the same browser', () => {
  const sessions = new SessionLineages();
  sessions.ofResponse(host, undefined, [set('A')]);
  expect(sessions.ofResponse(host, undefined, [set('B')])).toBe(label('B'));
});

test.each([
  ['an empty value', set('')],
  ['Max-Age=0', set('x', 'Max-Age=0; Path=/')],
  ['a past Expires', set('x', 'Expires=Thu, 01 Jan 1970 00:00:00 GMT')],
])('a cookie deleted by %s ends the lineage; what is set after it starts a new one', (_name, deletion) => {
  const sessions = new SessionLineages();
  sessions.ofResponse(host, undefined, [set('A')]);
  sessions.ofResponse(host, cookie('A'), [deletion]);
  expect(sessions.ofResponse(host, cookie('A'), [set('B')])).toBe(label('B'));
  expect(sessions.ofRequest(host, cookie('A'))).toBe(label('A'));
});

test('deleted and set anew in one response is a new session', () => {
  const sessions = new SessionLineages();
  expect(sessions.ofResponse(host, cookie('A'), [set(''), set('B')])).toBe(label('B'));
});

test('a living session outlasts the memory of others', () => {
  const sessions = new SessionLineages(3);
  sessions.ofResponse(host, cookie('A'), [set('B')]);
  for (let other = 0; other < 10; other++) {
    sessions.ofRequest(host, cookie(`other-${other}`));
    expect(sessions.ofRequest(host, cookie('B'))).toBe(label('A'));
  }
});
