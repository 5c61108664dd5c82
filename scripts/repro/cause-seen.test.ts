import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { sessionReasons } from '../../apps/environment/session-reasons.ts';
import { contract } from '../../e2e/contract.ts';
import { causeSeen, seenBeside } from './cause-seen.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const plain = (lines: readonly string[]): string => stripVTControlCharacters(lines.join('\n'));
/** `known: …`, `unknown: …`, or `replay` when faults must be tried. */
const seen = (...shorts: Short[]): string => {
  const verdict = causeSeen(storyOf(exchanges(shorts)));
  return verdict ? `${verdict.isKnown ? 'known' : 'unknown'}: ${plain(verdict.sentences)}` : 'replay';
};
const cookie = '__Host-nuxt-oidc-auth=Fe26.2*secret';
const session = '0123456789ab';
const hour = 3600;
const own = 'https://operator.dezky.example';
const signOutAt = (at: number, host = own): Short => ({
  at,
  method: 'POST',
  url: `${host}/auth/oidc/logout`,
  status: 303,
  location: '/signed-out',
  cookie,
});

const perPod = ['missing', 'unsealed', 'unreadable'];
const byTheUser = ['signed-out', 'replaced'];

test.each(sessionReasons.filter((reason) => !['none', ...perPod, ...byTheUser].includes(reason)))(
  'the cause of a refusal with the reason "%s" is what the app says',
  (reason) => {
    const text = seen(signInBy('operator-a'), callBy('operator-b', 20 * hour, 401, { reason, session, cookie }));
    expect(text).toMatch(/^known: (?:The cause: |The refusal was right\. )/);
    expect(text).toContain(`operator-b said "${reason}" to request 2, GET /api/me of operator.`);
  },
);

test.each(byTheUser)('an end as "%s" of which the recording has nothing may be wrong', (reason) => {
  const text = seen(signInBy('operator-a'), callBy('operator-b', 1, 401, { reason, session, cookie }));
  expect(text).toMatch(/^unknown: .*another tab or device/s);
});

test('a 503 of the session store is a wrong response with a known cause; another 503 is none', () => {
  const reason = 'store-unavailable';
  const text = seen(signInBy('operator-a'), callBy('operator-b', 1, 503, { reason, session, cookie }));
  expect(text).toMatch(/^known: The cause: Redis did not answer/);
  expect(seen(signInBy('operator-a'), callBy('operator-b', 1, 503, { session, cookie }))).toMatch(
    /^unknown: .*No signed-in/s,
  );
});

test('a session that is missing without evidence of why is no known cause', () => {
  const text = seen(
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { session, cookie }),
    callBy('operator-b', 2, 401, { reason: 'missing', session, cookie }),
  );
  expect(text).toMatch(/^unknown: The cause is unknown\.\n/);
  expect(text).toContain('Before it only operator-a had served the user, and never operator-b.');
  expect(text).toContain('evicted_keys');
});

test.each(perPod)('pods that differ are named: %s', (reason) => {
  const text = seen(
    { ...signInBy('operator-a'), session },
    callBy('operator-b', 1, 401, { reason, cookie }),
    callBy('operator-a', 2, 200, { session, cookie }),
    callBy('operator-b', 3, 401, { reason, session, cookie }),
  );
  expect(text).toMatch(/^known: /);
  expect(text).toContain('refused it (request 3), which did so again later: the pods differ.');
});

test('a session that is served again was not lost, which a store that did not answer explains as well', () => {
  const text = seen(
    signInBy('operator-a'),
    callBy('operator-b', 1, 401, { reason: 'missing', session, cookie }),
    callBy('operator-a', 2, 200, { session, cookie }),
  );
  expect(text).toMatch(/^unknown: /);
  expect(text).toContain('The pods differ, or its store did not answer for a moment.');
});

test.each([
  ['unsealed', 'or the cookie was changed on its way'],
  ['unreadable', 'or the entry was changed'],
])('"%s" alone does not show that pods differ; a session that another pod serves does', (reason, otherwise) => {
  const refused = [{ ...signInBy('operator-a'), session }, callBy('operator-b', 1, 401, { reason, cookie })];
  expect(seen(...refused)).toMatch(new RegExp(`^unknown: The cause is unknown\\.\n.*${otherwise}`));
  // Both pods serve the session of the next sign-in.
  const next = [signInBy('operator-a', 2), callBy('operator-b', 3, 200, { session, cookie })];
  expect(seen(...refused, ...next)).toMatch(/^unknown: /);
  // In another tab the user has signed in again.
  const another = callBy('operator-a', 2, 200, { session: 'ba9876543210', cookie });
  expect(seen(...refused, another)).toMatch(/^unknown: /);
  const served = seen(...refused, callBy('operator-a', 2, 200, { session, cookie }));
  expect(served).toMatch(/^known: .*\n.*\noperator-a served the session after .*: the pods differ\./);
});

test('sessions that only the pod of their sign-in serves show pods that differ', () => {
  const refused = { reason: 'missing', cookie } as const;
  const one = [signInBy('operator-a'), callBy('operator-a', 1, 200, { cookie }), callBy('operator-b', 2, 401, refused)];
  const next = [signInBy('operator-b', 3), callBy('operator-a', 4, 401, refused)];
  expect(seen(...one, ...next)).toMatch(/^known: .*\n.*\n2 sessions were each served by the pod of their sign-in/);
  // Both served the next session.
  expect(seen(...one, signInBy('operator-b', 3), callBy('operator-a', 4, 200, { cookie }))).toMatch(/^unknown: /);
});

test.each([
  [
    'operator',
    2 * hour,
    /^known: The cause: operator ended the session as idle after 2 h without use\. Its limit is 12 h/,
  ],
  ['operator', 13 * hour, /^known: The refusal was right\./],
  ['portal', 13 * hour, /^known: The cause: portal ended the session as idle after 13 h/],
])('an idle end of %s after %i s is compared with the limit', (app, at, text) => {
  const url = `https://${app}.dezky.example`;
  const signIn = { ...signInBy('a-1'), url: `${url}/auth/oidc/callback` };
  expect(seen(signIn, callBy('a-1', at, 401, { url: `${url}/api/me`, reason: 'idle', cookie }))).toMatch(text);
});

const without = { cookie: 'theme=dark' };
test.each<[string, string, Short[]]>([
  [
    'unknown: The browser did not send the session cookie, and no response of the recording removed it.',
    'request 2 was the last that had it',
    [callBy('a-1', 1, 200, { cookie }), callBy('a-1', 2, 401, without)],
  ],
  ['unknown: The browser did not send', 'The browser blocks cookies of this host', [callBy('a-1', 2, 401, without)]],
  [
    'unknown: The browser did not send',
    'Request 4 has it again, so the browser kept it',
    [callBy('a-1', 1, 200, { cookie }), callBy('a-1', 2, 401, without), callBy('a-1', 3, 200, { cookie })],
  ],
  [
    'known: The cause: request 2 set a session cookie that browsers must refuse',
    '',
    [
      callBy('a-1', 1, 200, { cookie, setCookie: '__Host-nuxt-oidc-auth=x; Path=/auth; Secure' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    'known: The cause: the response to request 2, GET /api/me of operator, removed the session cookie: 503, cookie removed.',
    'Nobody had signed out.',
    [
      callBy('a-1', 1, 503, { cookie, setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    `known: The cause: the session cookie had expired: request 2 had set it for 1 h, not for ${contract.lifetimeDays} days.`,
    '',
    [
      callBy('a-1', 1, 200, { cookie, setCookie: '__Host-nuxt-oidc-auth=x; Max-Age=3600; Path=/; Secure' }),
      callBy('a-1', 2 * hour, 401, without),
    ],
  ],
])('a cookie that is not sent: %s', (first, more, shorts) => {
  for (const reason of [undefined, 'none'] as const) {
    const text = seen(
      signInBy('a-1'),
      ...shorts.map((each) => (each.status === 401 && reason ? { ...each, reason } : each)),
    );
    expect(text).toMatch(new RegExp(`^${RegExp.escape(first)}`));
    expect(text).toContain(more);
  }
});

test('of a recording without cookies it is not said that no response removed the cookie', () => {
  const text = seen(callBy('a-1', 1, 200), callBy('a-1', 2, 401, { reason: 'none' }));
  expect(text).toMatch(/^unknown: /);
  expect(text).toContain('The recording has no cookies, and does not show where it went.');
});

test('a cookie that was sent and did not arrive, unless no app would accept it', () => {
  const bare = { reason: 'none', cookie: 'nuxt-oidc-auth=x; __Host-nuxt-oidc-auth=' };
  expect(seen(signInBy('a-1'), callBy('a-1', 2, 401, bare))).toMatch(/^unknown: The browser did not send/);
  expect(seen(signInBy('a-1'), callBy('a-1', 2, 401, { reason: 'none', cookie }))).toContain('A proxy removed it');
});

test('a refusal after the own sign-out is right, and a recording without a refusal says so', () => {
  const signedOut = [signInBy('a-1'), signOutAt(2), callBy('a-1', 3, 401, { reason: 'signed-out', cookie })];
  expect(seen(...signedOut)).toContain('known: The refusal was right: the user had signed out with request 2.');
  expect(seen(signInBy('a-1'), callBy('a-1', 3, 200, { cookie }))).toMatch(/^unknown: No signed-in user was refused/);
});

test.each([
  [
    'https://auth.dezky.local/application/o/operator/end-session/',
    'auth.dezky.local/application/o/operator/end-session/.',
  ],
  [
    'https://auth.dezky.example/application/o/portal/end-session/',
    'auth.dezky.example/application/o/portal/end-session/, which refused it.',
  ],
])('a sign-out to %s says where it led', (location, where) => {
  const login = {
    at: 0,
    url: `${own}/auth/oidc/login`,
    status: 302,
    location: 'https://auth.dezky.example/application/o/authorize/',
  };
  const cancel = 'https://auth.dezky.example/flows/-/cancel/';
  const hops = location.includes('.example')
    ? [
        { at: 3, url: cancel, status: 302 },
        { at: 4, url: location, status: 400, accept: 'text/html' },
      ]
    : [];
  const text = seen(login, signInBy('a-1', 1), { ...signOutAt(2), location: hops[0]?.url ?? location }, ...hops);
  expect(text).toContain(`known: The cause: the sign-out of operator led to ${where}\n`);
  expect(text).toContain('Users sign in at auth.dezky.example.');
  const blocked = { ...signOutAt(2), status: 0, cookie: 'theme=dark' };
  expect(seen(login, signInBy('a-1', 1), blocked)).toMatch(/^unknown: .*\n.*form-action/);
  // The session may have been lost before.
  expect(seen(login, signInBy('a-1', 1), signOutAt(2))).toBe('replay');
});

test('a refusal without a reason is replayed, after what was seen; one request alone decides nothing', () => {
  const shorts = [
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { cookie }),
    signOutAt(2, 'https://portal.dezky.example'),
    callBy('operator-b', 3, 401, { cookie }),
  ];
  expect(seen(...shorts)).toBe('replay');
  const text = plain(seenBeside(storyOf(exchanges(shorts))));
  expect(text).toContain('It had the session cookie.');
  expect(text).toContain(
    'In between the user signed out of portal (request 3), which must not end the session of operator.',
  );
  expect(seen(callBy('a-1', 2, 401, { cookie }))).toContain('Export a HAR');
});

test.each(['x', 'eyJhbGciOiJIUzI1NiJ9.e30.x', ''])('a header that is no reason (%j) is not believed', (reason) => {
  expect(seen(signInBy('operator-a'), callBy('operator-b', 2, 401, { reason, cookie }))).toBe('replay');
});
