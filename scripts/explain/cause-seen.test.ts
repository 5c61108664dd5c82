import { expect, test } from 'vitest';
import { reasonNames, sessionReasons } from '../../apps/environment/session-reasons.ts';
import { causeSeen } from './cause-seen.ts';
import { dezkyStory as storyOf } from './dezky.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';
import { clock } from './testing/shop.ts';

/** The verdict with what to look at next. */
const seen = (...shorts: Short[]): string => {
  const { sentences, next } = causeSeen(storyOf(exchanges(shorts)));
  return [...sentences, ...next].join('\n');
};
const cookie = '__Host-nuxt-oidc-auth=Fe26.2*secret';
const without = { cookie: 'theme=dark' };
const session = '0123456789ab';
const hour = 3600;
const own = 'https://operator.dezky.example';
const signOutAt = (at: number, host = own): Short => ({
  at,
  method: 'POST',
  url: `${host}/auth/oidc/logout`,
  status: 303,
  pod: 'a-1',
  location: '/signed-out',
  cookie,
});

const authorize = 'https://auth.dezky.example/application/o/authorize/';
/** Shows where users sign in. */
const begin: Short = { at: 0, url: `${own}/auth/oidc/login`, status: 302, location: authorize };

/** Of two pods, the first of which serves what the second refuses. */
const inTurn = (statuses: readonly number[], refusal: Partial<Short>): Short[] =>
  statuses.map((status, at) =>
    callBy(status === 200 ? 'operator-a' : 'operator-b', at + 1, status, {
      session,
      cookie,
      ...(status === 401 && refusal),
    }),
  );

const perPod: readonly string[] = reasonNames.filter((reason) => sessionReasons[reason].perPod);
const byUse = ['idle', 'too-old', 'signed-out', 'replaced'];

test.each(reasonNames.filter((reason) => !['none', ...perPod, ...byUse].includes(reason)))(
  'the cause of a refusal with the reason "%s" is what the app says, unless the session is served again',
  (reason) => {
    const refused = callBy('operator-b', 20 * hour, sessionReasons[reason].status, { reason, session, cookie });
    const text = seen(signInBy('operator-a'), refused);
    expect(text).toContain(`The app says why: ${sessionReasons[reason].means}`);
    expect(text).toContain(`operator-b said "${reason}" to request 2, GET /api/me of operator.`);
    const again = callBy('operator-a', 21 * hour, 200, { session, cookie });
    expect(seen(signInBy('operator-a'), refused, again)).toMatch(
      /^The cause is unknown\.\nThe reason given for request 2: .*\nRequest 3 was served afterwards/s,
    );
  },
);

test.each(byUse)('whether an end as "%s" was right is not in the recording', (reason) => {
  const refused = callBy('operator-b', 13 * hour, 401, { reason, session, cookie });
  const text = seen(signInBy('operator-a'), refused);
  expect(text).toMatch(/^The cause is unknown\.\nThe reason given for request 2: /);
  expect(text).toContain('The last use before it was request 1, 13 h earlier, by operator-a.');
  expect(text).toContain('another tab or device');
});

test.each([
  ['unavailable', 'its token endpoint, its key set or Redis gave no answer'],
  ['misconfigured', 'gives no refresh token'],
  ['unfinished', 'compare NUXT_OIDC_AUTH_SESSION_SECRET of the pods'],
])('a sign-in that led back with failed=%s', (failed, next) => {
  const text = seen({ ...signInBy('operator-a'), location: `/sign-in?failed=${failed}` });
  expect(text).toMatch(/^The cause is unknown\./);
  expect(text).toContain(next);
});

test('a callback without the cookie of its sign-in is likelier than what its failed= says', () => {
  const state = 'state=one';
  const location = `https://auth.dezky.example/application/o/authorize/?client_id=operator&response_type=code&redirect_uri=${own}/auth/oidc/callback&${state}`;
  const begin = {
    at: 0,
    url: `${own}/auth/oidc/login`,
    status: 302,
    pod: 'operator-a',
    location,
    setCookie: '__Host-oidc=secret; Path=/; Secure; HttpOnly',
    cookie: 'theme=dark',
  };
  const callback = {
    ...signInBy('operator-a', 1),
    url: `${own}/auth/oidc/callback?code=c&${state}`,
    location: '/sign-in?failed=unfinished',
    cookie: 'theme=dark',
  };
  expect(seen(begin, callback)).toContain('did not send the callback what');
});

test('a 503 without a reason is no wrong response', () => {
  expect(seen(signInBy('operator-a'), callBy('operator-b', 1, 503, { session, cookie }))).toMatch(/^No signed-in/);
});

test('a session that is missing without evidence of why is no known cause', () => {
  const text = seen(
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { session, cookie }),
    callBy('operator-b', 2, 401, { reason: 'missing', session, cookie, requestId: '1b4e28ba-2fa1' }),
  );
  expect(text).toMatch(/^The cause is unknown\.\nPossible: /);
  expect(text).toContain('Its requests by pod: operator-a served 1 and refused 0, operator-b served 0 and refused 1.');
  expect(text).toContain('evicted_keys');
  expect(text).toContain(
    'kubectl logs -n dezky -l app.kubernetes.io/name=operator --since=24h --tail=-1 | grep 1b4e28ba-2fa1',
  );
});

test.each(perPod)('pods that differ are named: %s', (reason) => {
  const text = seen({ ...signInBy('operator-a'), session }, ...inTurn([401, 200, 401, 200, 401], { reason }));
  const variable =
    { missing: 'SESSION_REDIS_URL', unsealed: 'NUXT_OIDC_SESSION_SECRET' }[reason] ?? 'NUXT_OIDC_TOKEN_KEY';
  expect(text).toMatch(
    new RegExp(`\nLikely: the pods of operator differ in .*\\(${variable}\\), or what is in front of one`),
  );
  expect(text).toContain('Its requests by pod: operator-b served 0 and refused 3, operator-a served 2 and refused 0.');
});

const missing = { reason: 'missing', session, cookie };
test.each<[string, Short[]]>([
  [
    'the same pod refuses and serves the session, as when the store fails now and then',
    [200, 401, 200, 401, 401, 200, 401].map((status, at) =>
      callBy(at % 2 ? 'operator-a' : 'operator-b', at + 1, status, status === 401 ? missing : { session, cookie }),
    ),
  ],
  ['the entry was away twice, while a sticky balancer asked one pod', inTurn([401, 401, 200, 401, 401, 200], missing)],
  [
    'a cache repeats one refusal of a pod',
    [callBy('operator-b', 0.5, 401, missing), ...inTurn([200, 401, 200, 401, 200], { ...missing, age: '9' })],
  ],
  [
    'only a pod that did not sign the user in serves the session again',
    inTurn([401, 200, 401, 200, 401], missing).map((each) => ({
      ...each,
      ...(each.status === 200 && { pod: 'operator-c' }),
    })),
  ],
  [
    'different addresses are refused and served',
    inTurn([401, 200, 401, 200, 401], { ...missing, url: `${own}/api/users` }),
  ],
  [
    'in another tab the user has signed in again',
    [callBy('operator-b', 1, 401, missing), callBy('operator-a', 2, 200, { session: 'ba9876543210', cookie })],
  ],
])('it does not show that pods differ: %s', (_, shorts) => {
  const text = seen(signInBy('operator-a'), ...shorts);
  expect(text).toMatch(/^The cause is unknown\.\n/);
  expect(text).not.toContain('Likely: the pods');
});

test('a response of a cache is not of the pod that it names', () => {
  const copied = { reason: 'none', cookie, requestId: 'request-0001' };
  const first = callBy('operator-a', 0, 401, { ...copied, ...without });
  for (const refused of [{ age: '120' }, { cache: 'HIT from proxy' }, {}])
    expect(seen(first, signInBy('operator-a', 1), callBy('operator-a', 2, 401, { ...copied, ...refused }))).toMatch(
      /^The cause is unknown\.\nLikely: a cache answered request 3, and no pod: /,
    );
  // The same id of different requests is that of a proxy.
  const id = { requestId: 'request-0001', cookie };
  const other = callBy('a-1', 2, 401, { reason: 'missing', ...id });
  expect(seen({ ...signInBy('a-1'), ...id }, callBy('a-1', 1, 200, id), other)).toContain('Possible: ');
});

test('a response that no pod gave says nothing about the app', () => {
  const { pod: _, ...refused } = callBy('a-1', 2, 401, { cookie });
  expect(seen(signInBy('a-1'), callBy('a-1', 1, 200, { cookie }), refused)).toContain(
    'No pod answered request 3, GET /api/me of operator: it has no x-served-by',
  );
});

test('a sign-out by a pod that cannot open the cookie is wrong, although it leads to Authentik', () => {
  const location = 'https://auth.dezky.example/application/o/operator/end-session/';
  const signOut = { ...signOutAt(2), pod: 'b-1', location, reason: 'unsealed' };
  const after = callBy('a-1', 3, 401, { reason: 'none', ...without });
  expect(seen(signInBy('a-1'), signOut, after)).toContain('Possible: The pod cannot open the session cookie');
});

test('a refusal after the own sign-out is right, unless the app says another reason or a tab has signed in again', () => {
  const signedOut = [
    signInBy('a-1'),
    { ...signOutAt(1), setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' },
  ];
  const refused = (at: number) => callBy('a-1', at, 401, { reason: 'none', ...without });
  expect(seen(...signedOut, refused(2))).toMatch(
    /^No signed-in user was refused.*\nRequest 3, .*, was refused after the user had signed out with request 2: that is right/,
  );
  expect(seen(...signedOut, callBy('a-1', 2, 401, missing))).toMatch(/^The cause is unknown\.\nPossible/);
  expect(seen(...signedOut, callBy('a-1', 2, 200, { cookie }), refused(3))).toMatch(/^The browser did not send/);
});

test.each<[string, Partial<Short>, Short[], RegExp]>([
  [
    'the store was away',
    { status: 503, reason: 'store-unavailable' },
    [],
    /^The app says why: Redis did not answer.*\nRequest 2, sign out of operator, was answered 503 \(store-unavailable\) by a-1, and led nowhere\./,
  ],
  [
    'no reason',
    { status: 500 },
    [{ at: 4, url: 'https://help.example.org/', status: 200, accept: 'text/html' }],
    /^.*\n.*was answered 500 by a-1, and led to help\.example\.org\/\./,
  ],
  [
    'its page leads away',
    { status: 200 },
    [{ at: 4, url: 'https://auth.dezky.local/x/', status: 0, accept: 'text/html' }],
    /^.*\nLikely: the sign-out of operator led to auth\.dezky\.local\/x\/\.\n.*was answered 200/,
  ],
  ['the browser does not follow it', { status: 0, ...without }, [], /^.*\n.*form-action/],
])('a sign-out that no redirect follows: %s', (_, answer, later, text) => {
  const { location: _location, ...signOut } = signOutAt(2);
  expect(seen(begin, signInBy('a-1', 1), { ...signOut, ...answer }, ...later)).toMatch(text);
});

test.each<[where: string, location: string, status: number, RegExp]>([
  [
    'another host',
    'https://auth.dezky.local/application/o/operator/end-session/',
    421,
    /Likely: the sign-out of operator led to auth\.dezky\.local\/\S+\/\.\n.*users sign in at auth\.dezky\.example\.\n.*remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_URL/,
  ],
  [
    'a gateway with the right address in it',
    `https://links.example.com/?url=${encodeURIComponent(authorize)}`,
    200,
    /Likely: the sign-out of operator led to links\.example\.com/,
  ],
  [
    'Authentik, which refuses it',
    'https://auth.dezky.example/application/o/portal/end-session/',
    400,
    /Likely: the sign-out of operator led to auth\.dezky\.example\/application\/o\/portal\/end-session\/, which refused it\.[^]*NUXT_PUBLIC_OPERATOR_URL/,
  ],
  [
    'Authentik, which is away',
    'https://auth.dezky.example/flows/-/cancel/',
    503,
    /^.*\n.*\nThere it was answered 503: Authentik was away/,
  ],
])('a sign-out to %s says where it led', (_, location, status, text) => {
  const there: Short = { at: 3, url: location, status, accept: 'text/html' };
  expect(seen(begin, signInBy('a-1', 1), { ...signOutAt(2), location }, there)).toMatch(text);
});

const set = (attributes: string) => ({ cookie, setCookie: `__Host-nuxt-oidc-auth=${attributes}` });
test.each<[first: string, more: string, Short[]]>([
  [
    'The browser did not send the session cookie, and no response of the recording removed it.',
    'Request 2 was the last that had it.',
    [callBy('a-1', 1, 200, { cookie }), callBy('a-1', 2, 401, without)],
  ],
  ['The browser did not send', 'No request of the recording had it.', [callBy('a-1', 2, 401, without)]],
  ['The browser did not send', 'Request 4 has one again', inTurn([200, 401, 200], without)],
  [
    'The browser did not send',
    'Request 2 was the last that had it.',
    [
      callBy('a-1', 1, 200, { cookie, setCookie: 'nuxt-oidc-auth=; Max-Age=0; Path=/' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    'The cause is unknown.\nLikely: the browser did not send the session cookie that request 2 had set: browsers refuse it, because __Host- needs',
    '',
    [callBy('a-1', 1, 200, set('x; Path=/auth; Secure')), callBy('a-1', 2, 401, without)],
  ],
  [
    'The browser did not send the session cookie, and no',
    'Request 3 was the last that had it.',
    [
      callBy('a-1', 1, 200, set('x; Path=/auth; Secure')),
      callBy('a-1', 2, 200, { cookie }),
      callBy('a-1', 3, 401, without),
    ],
  ],
  [
    'The cause is unknown.\nLikely: the response to request 2, GET /api/me of operator, removed the session cookie: 503, cookie removed.',
    'Nobody had signed out.',
    [callBy('a-1', 1, 503, set('; Max-Age=0; Path=/; Secure')), callBy('a-1', 2, 401, without)],
  ],
  [
    'The cause is unknown.\nLikely: the browser did not send the session cookie that request 2 had set: it was set for 1 h, and had expired.',
    '',
    [callBy('a-1', 1, 200, set('x; Max-Age=3600; Path=/; Secure')), callBy('a-1', 2 * hour, 401, without)],
  ],
])('a cookie that is not sent: %s %s', (first, more, shorts) => {
  for (const reason of [{}, { reason: 'none' }]) {
    const text = seen(signInBy('a-1'), ...shorts.map((each) => ({ ...each, ...(each.status === 401 && reason) })));
    expect(text.slice(0, first.length)).toBe(first);
    expect(text).toContain(more);
  }
});

test('a cookie that the sign-in does not set, that the recording lacks, or that does not arrive is told', () => {
  const refused = (more: Partial<Short>) => callBy('a-1', 1, 401, { reason: 'none', ...more });
  const { setCookie: _, ...signIn } = signInBy('a-1');
  const other = { at: 0, url: `${own}/auth/oidc/login`, status: 200, setCookie: '__Host-oidc=x; Path=/; Secure' };
  expect(seen(other, signIn, refused(without))).toContain('request 1, the sign-in, sets none');
  expect(seen(callBy('a-1', 0, 200), refused({}))).toMatch(
    /had no session cookie, as the app says\.\nThe recording has no cookies/,
  );
  expect(seen(signInBy('a-1'), refused({ cookie }))).toContain('Something on the way removed it');
  expect(seen(signInBy('a-1'), refused({ cookie: 'nuxt-oidc-auth=x; __Host-nuxt-oidc-auth=' }))).toMatch(
    /^The browser did not send/,
  );
});

test('a refusal without a reason may be replayed, after what was seen; one request alone decides nothing', () => {
  const shorts = [
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { cookie }),
    signOutAt(2, 'https://portal.dezky.example'),
    callBy('operator-b', 3, 401, { cookie, reason: 'eyJhbGciOiJIUzI1NiJ9.e30.x' }),
  ];
  expect(causeSeen(storyOf(exchanges(shorts))).isWithoutReason).toBe(true);
  expect(seen(...shorts)).toContain('It had the session cookie.');
  expect(seen(...shorts)).toContain(
    'In between the user signed out of portal (request 3), which must not end the session of operator.',
  );
  expect(seen(callBy('a-1', 2, 401, { cookie }))).toContain('Export a HAR');
});

test.each<[string, Partial<Short>, string]>([
  ['a cache', { requestId: 'request-0001' }, 'A cache may have answered request 3'],
  ['something on the way', { pod: '' }, 'No pod answered request 3'],
  ['another session', { session: 'ba9876543210' }, 'The session of request 3, GET /api/me of operator, is another one'],
  ['an old response', { date: clock(-hour).toUTCString() }, 'A clock was set'],
  [
    'another end',
    { status: 503, reason: 'store-unavailable' },
    'What ended the session may be another thing: request 4',
  ],
])('a sign of %s in the recording is told with what the app says', (_, strange, doubt) => {
  const at = (seconds: number) => ({ session, cookie, date: clock(seconds).toUTCString() });
  const first = [{ ...signInBy('a-1'), session }, callBy('a-1', 1, 200, { ...at(1), requestId: 'request-0001' })];
  const third = callBy('a-1', 2, 200, { ...at(2), requestId: 'request-0002' });
  const refused = callBy('a-1', 4, 401, { ...at(4), reason: 'back-channel' });
  expect(seen(...first, third, refused)).toMatch(/^The app says why: A logout token/);
  expect(seen(...first, third, refused)).not.toContain(doubt);
  expect(seen(...first, { ...third, ...strange }, refused)).toContain(doubt);
});
