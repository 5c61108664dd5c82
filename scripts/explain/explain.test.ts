import { expect, test } from 'vitest';
import { explain } from './explain.ts';
import { recordingOf } from './har.ts';
import {
  call,
  cookie,
  endSession,
  entriesOf,
  provider,
  sanitized,
  shop,
  signIn,
  signOut,
  type Visit,
} from './testing/shop.ts';

const explained = (...visits: Visit[]) => explain(recordingOf(entriesOf(visits), 'it.har').exchanges);
/** The verdict, with what to look at next. */
function said(...visits: Visit[]): string {
  const { verdict } = explained(...visits);
  return [...verdict.sentences, ...verdict.next].join('\n');
}
const without = { sent: { cookie: 'theme=dark' } };
const flapping = (pods: readonly [string, string]): Visit[] =>
  [401, 200, 401, 200, 401, 200].map((status, at) => call(at + 2, status, { pod: status === 200 ? pods[0] : pods[1] }));

test('an app that no description knows is found by its sign-in: paths, cookie, pods, and the command that checks it', () => {
  const probe = call(0, 401, without);
  const { story, about, command } = explained(probe, ...signIn({ at: 1 }), call(3), signOut(4, endSession));
  expect(story.requests.map(({ does, path }) => `${does} ${path}`)).toEqual([
    'call /api/me',
    'sign in /callback',
    'call /api/me',
    'sign out /logout',
  ]);
  expect(about).toEqual([
    'shop.example: 4 requests, 1 sign-in at login.example.',
    'Its session is probably in the cookie sid.',
  ]);
  expect(command).toBe(
    "npx @dezky/session-check --start 'npm start' --sign-in /login --protected /api/me --sign-out 'POST /logout' --cookie sid",
  );
});

const removal = (path: string) => ({ received: { 'set-cookie': `sid=; Path=${path}; Max-Age=0` } });
const otherEnd = endSession.replace('login.example', 'login.test');

test.each<[string, Visit[], says: string]>([
  [
    'a visit before the sign-in',
    [call(0, 200, { url: `${shop}/` }), call(0.5, 401, without), ...signIn({ at: 1 }), call(3)],
    'No signed-in user',
  ],
  [
    'after the own sign-out, perhaps in another tab',
    [...signIn(), call(2), signOut(3, endSession), call(4, 401)],
    'was refused after the user had signed out with request 3: that is right, unless another tab had signed in again.',
  ],
  [
    'a removal of another path',
    [...signIn(), call(2, 200, removal('/old')), call(3, 401, without)],
    'no response of the recording removed it',
  ],
  [
    'a cache that asked the app',
    [...signIn(), call(2), call(3, 401, { received: { 'x-cache': 'hit-for-pass' } })],
    'Request 3, GET /api/me of shop.example, was refused without a reason.',
  ],
  [
    'a cache answers',
    [...signIn(), call(2), call(3, 401, { received: { 'cf-cache-status': 'HIT' } })],
    'Likely: a cache answered request 3, and no pod: cf-cache-status: HIT.',
  ],
  [
    'a response removed the cookie',
    [...signIn(), call(2), call(3, 200, { url: `${shop}/api/orders/4711`, ...removal('/') }), call(4, 401, without)],
    'Likely: the response to request 3, GET /api/orders/… of shop.example, removed the session cookie',
  ],
  [
    'browsers refuse the cookie',
    [...signIn({ set: 'Path=/; HttpOnly; SameSite=None' }), call(2, 401, without)],
    'request 1 had set: browsers refuse it, because SameSite=None needs Secure.',
  ],
  [
    'the cookie is for another path',
    [...signIn({ set: 'Path=/callback; HttpOnly' }), call(2, 401, without)],
    'request 1 had set: it is for the path /callback alone.',
  ],
  [
    'the way back of another site',
    [
      ...signIn({ set: 'Path=/; HttpOnly; SameSite=Strict' }),
      call(2, 302, {
        url: shop,
        sent: { ...without.sent, accept: 'text/html', 'sec-fetch-dest': 'document' },
        received: { location: '/login' },
      }),
    ],
    'request 1 had set: SameSite=Strict keeps it from the way back of another site',
  ],
  [
    'the pods differ',
    [...signIn(), ...flapping(['shop-a', 'shop-b'])],
    'Likely: the pods of shop.example differ in session store',
  ],
  [
    'pods without names',
    [...signIn({ pod: '' }), ...flapping(['', ''])],
    'Its requests were refused and served in turn, 3 x: the pods differ',
  ],
  [
    'the provider refuses',
    [...signIn().slice(0, 3), { at: 1, url: `${shop}/callback?error=access_denied&state=secret-state`, status: 400 }],
    'Likely: the provider answered the sign-in with the error "access_denied".',
  ],
  ['the callback fails', signIn({ status: 500 }), 'The sign-in to shop.example was answered 500.'],
  ['no pod answers the callback', signIn({ status: 502 }), 'Look whether a pod of shop.example was ready then'],
  ['the callback is refused', signIn({ status: 400 }), 'its state, the code and the client secret'],
  ['no route for the callback', signIn({ status: 404 }), 'Likely: nothing answers at /callback, the redirect_uri'],
  [
    'the provider does not know the app',
    [signIn()[0]!, { ...signIn()[1]!, status: 400 }],
    'Likely: the sign-in of shop.example led to login.example, which answered 400.',
  ],
  [
    'no provider answers, as under a name that does not exist',
    [signIn()[0]!, { ...signIn()[1]!, status: 0, failure: 'ERR_NAME_NOT_RESOLVED' }],
    'Compare the issuer, the client and the redirect URI in the settings of shop.example',
  ],
  [
    'the provider refuses too many requests',
    [signIn()[0]!, { ...signIn()[1]!, status: 429 }],
    'and at the limits of what is before it',
  ],
  [
    'the way back leads to another host',
    [
      { ...signIn()[0]!, url: 'https://www.shop.example/login' },
      { ...signIn({ status: 400 })[3]!, sent: { accept: 'text/html', cookie: 'theme=dark' } },
    ],
    'Likely: the browser did not send the callback what www.shop.example had set when the sign-in began.',
  ],
  [
    'a sign-out leads to another provider',
    [...signIn(), call(2), signOut(3, otherEnd), { at: 3.1, url: otherEnd, status: 0 }],
    'Likely: the sign-out of shop.example led to login.test/end-session.',
  ],
])('any app: %s', (_, visits, says) => {
  expect(said(...visits)).toContain(says);
});

test('without cookies in the recording a cause is right or unknown, and what is missing is said', () => {
  const visits = [...signIn(), call(2), call(3, 401)];
  const { about, verdict } = explained(...sanitized(visits));
  expect(about[1]).toMatch(/^The recording does not show which cookie holds its session/);
  expect(verdict.sentences.join('\n')).toContain('Whether it had the session cookie is not in the recording.');
  expect(said(...sanitized([call(0, 401), ...signIn({ at: 1 }), call(3)]))).toMatch(/^No signed-in user/);
  expect(said(signIn()[0]!, { ...signIn({ status: 400 })[3]!, sent: {} })).not.toContain('did not send');
});

test('a recording without a sign-in says what is missing', () => {
  expect(() => explained(call(0, 401))).toThrow(
    'It shows no sign-in by OpenID Connect: no redirect to another host has client_id and redirect_uri',
  );
});

test('a provider that signs in at another one is no app', () => {
  const upstream = `https://upstream.example/authorize?client_id=x&response_type=code&redirect_uri=${encodeURIComponent(`${provider}/back`)}`;
  const brokered = [...signIn().slice(0, 2), { at: 0.15, url: upstream }, ...signIn().slice(2), call(2)];
  expect(explained(...brokered).about[0]).toBe('shop.example: 2 requests, 1 sign-in at login.example.');
});

test('the parts of a cookie that is too large are one cookie, and a cookie that answered requests lack is none of the session', () => {
  const parts = { cookie: 'sid.0=a; sid.1=b' };
  const [begin, ...others] = signIn({ set: 'Path=/; HttpOnly' });
  const callback = others.at(-1)!;
  const set = 'sid.0=a; Path=/; HttpOnly\nsid.1=b; Path=/; HttpOnly\ndevice=x; Path=/; HttpOnly';
  const split = { ...callback, received: { location: '/', 'set-cookie': set } };
  const { about } = explained(begin!, split, call(2, 200, { sent: parts }), call(3, 200, { sent: cookie }));
  expect(about).toContain('Its session is probably in the cookie sid.');
});
