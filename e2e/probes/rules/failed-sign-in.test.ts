import { expect, test } from 'vitest';
import { cookiesIn } from './cookies.ts';
import { seenCause } from './failed-sign-in.ts';

const own = 'https://app.test';
const asked = new URL(`https://id.test/authorize?redirect_uri=${own}/callback&state=s1`);
const causeOf = (back: string, refused: string[] = [], host = 'app.test', withheld: string[] = [], isAlone = true) =>
  seenCause(
    {
      withheld: withheld.map((why) => ({ at: new URL(back, own), name: 'sid', why, isAlone })),
      hops: [asked, new URL(back, own)],
      refused: cookiesIn(refused).map((cookie) => ({ host, cookie })),
    },
    own,
  );

test.each([
  ['/callback?code=c&state=s1', undefined],
  ['/callback?error=access_denied', undefined],
  ['/elsewhere', undefined],
  ['/callback?code=c', /came back to \/callback without the state that/],
  ['/callback?code=c&state=s2', /without the state that/],
  ['/callback', /without the code and the state that/],
])('of a sign-in that came back to %s', (back, cause) => {
  expect(causeOf(back) ?? 'none').toMatch(cause ?? /^none$/);
});

test('a cookie that browsers refuse, without its value', () => {
  const cookie = 'sid=secret; Domain=other.test';
  expect(causeOf('/callback?code=c&state=s1', [cookie])).toMatch(/browsers refuse .* \(sid; domain=other\.test\)/);
  expect(causeOf('/callback?code=c&state=s1', [cookie])).not.toContain('secret');
  expect(causeOf('/callback?code=c&state=s1', [cookie], 'id.test')).toBeUndefined();
});

test('a cookie that browsers do not send to the callback', () => {
  const why = 'it is for the path /login alone';
  expect(causeOf('/callback?code=c&state=s1', [], 'app.test', [why])).toMatch(
    /^browsers do not send the cookie sid to \/callback, because it is for the path \/login alone: look/,
  );
  expect(
    causeOf('/callback?code=c&state=s1', [], 'app.test', [why], false),
    'beside one that they send',
  ).toBeUndefined();
});
