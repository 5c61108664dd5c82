import { expect, test } from 'vitest';
import { SessionLabels } from './session.ts';

const host = 'shop.example';
const cookie = (value: string): string => `a=b; __Host-session=${value}; c=d`;
const set = (value: string): string => `__Host-session=${value}; Path=/; HttpOnly; Secure`;
const labels = (capacity?: number) => {
  const sessions = new SessionLabels({ cookie: '__Host-session', header: 'x-session' }, capacity);
  const learn = (label: string, at: string, cookies: string | undefined, setCookies: readonly string[]) =>
    sessions.ofResponse(at, cookies, (name) => (name === 'x-session' ? label : ''), setCookies);
  return { learn, ofRequest: sessions.ofRequest.bind(sessions) };
};

test.each([
  ['without a cookie', undefined],
  ['with an unknown cookie', cookie('A')],
  ['with other cookies', 'session=x; my__Host-session=x; __Host-session-2=y; __Host-session='],
])('a request %s belongs to no session', (_name, cookies) => {
  const sessions = labels();
  sessions.learn('one', host, undefined, [set('')]);
  expect(sessions.ofRequest(host, cookies)).toBe('');
});

test('a cookie has the label of the response that set it, also when it is resealed', () => {
  const sessions = labels();
  sessions.learn('one', host, undefined, ['other=1', set('A')]);
  sessions.learn('one', host, cookie('A'), [set('B')]);
  for (const value of ['A', 'B']) expect(sessions.ofRequest(host, cookie(value))).toBe('one');
  expect(sessions.ofRequest('other.example', cookie('A'))).toBe('');
});

test('a cookie that another client has set is known by the first response to it', () => {
  const sessions = labels();
  sessions.learn('one', host, cookie('A'), []);
  expect(sessions.ofRequest(host, cookie('A'))).toBe('one');
});

test('a new sign-in with an old cookie is another session', () => {
  const sessions = labels();
  sessions.learn('one', host, undefined, [set('A')]);
  sessions.learn('two', host, cookie('A'), [set('B')]);
  expect(['A', 'B'].map((value) => sessions.ofRequest(host, cookie(value)))).toEqual(['one', 'two']);
});

test('the oldest cookies are forgotten', () => {
  const sessions = labels(2);
  for (const value of ['A', 'B', 'C']) sessions.learn(value, host, undefined, [set(value)]);
  expect(['A', 'B', 'C'].map((value) => sessions.ofRequest(host, cookie(value)))).toEqual(['', 'B', 'C']);
});

test('without a header a label follows the cookie from value to value', () => {
  const sessions = new SessionLabels({ cookie: '__Host-session' });
  const response = (cookies: string | undefined, ...setCookies: string[]) =>
    sessions.ofResponse(host, cookies, () => 'no label', setCookies);
  expect(response(undefined, 'other=1')).toBe('');
  const label = response(undefined, set('A'));
  expect(label).toMatch(/^[0-9a-f]{12}$/);
  expect(response(cookie('A'), set('B'))).toBe(label);
  expect([sessions.ofRequest(host, cookie('B')), response(cookie('B'))]).toEqual([label, label]);
  expect(response(undefined, set('C')), 'another browser').not.toBe(label);
  expect(response(cookie('C'), '__Host-session=; Max-Age=0'), 'a cookie that is removed').not.toBe('');
});

test.each(['.', '_'])(
  'a cookie in chunks with "%s" is one cookie, in whatever order they come and when one goes',
  (mark) => {
    const sessions = new SessionLabels({ cookie: '__Host-session' });
    const response = (cookies: string | undefined, ...setCookies: string[]) =>
      sessions.ofResponse(host, cookies, () => '', setCookies);
    const a = `__Host-session${mark}0=A`;
    const b = `__Host-session${mark}1=B`;
    const label = response(undefined, `${a}; Path=/`, b, '__Host-session=; Max-Age=0');
    expect(label).toMatch(/^[0-9a-f]{12}$/);
    expect(sessions.ofRequest(host, `x=y; ${b}; ${a}`)).toBe(label);
    expect(response(`${a}; ${b}`, set('C'), `__Host-session${mark}0=; Max-Age=0`)).toBe(label);
    expect(sessions.ofRequest(host, cookie('C'))).toBe(label);
    const others = ['x=A', '=A', `0${mark}1=A`].map((rest) => `__Host-session${mark}${rest}`);
    expect([...others, '__Host-sessionx0=A'].filter((other) => sessions.ofRequest(host, other) !== '')).toEqual([]);
  },
);
