import { expect, test } from 'vitest';
import { reasonNames, sessionReasons } from '../../apps/environment/session-reasons.ts';
import { contract } from '../../e2e/contract.ts';
import { causeSeen, seenBeside } from './cause-seen.ts';
import { dezkyStory as storyOf } from './dezky.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const plain = (lines: readonly string[]): string => lines.join('\n');
/** The verdict with what to look at next, or `replay` when faults must be tried. */
const seen = (...shorts: Short[]): string => {
  const verdict = causeSeen(storyOf(exchanges(shorts)));
  return verdict ? plain([...verdict.sentences, ...verdict.next]) : 'replay';
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
  pod: 'a-1',
  location: '/signed-out',
  cookie,
});

const perPod: readonly string[] = reasonNames.filter((reason) => sessionReasons[reason].perPod);
const byTheUser = ['signed-out', 'replaced'];

test.each(reasonNames.filter((reason) => !['none', 'idle', 'too-old', ...perPod, ...byTheUser].includes(reason)))(
  'the cause of a refusal with the reason "%s" is what the app says',
  (reason) => {
    const text = seen(signInBy('operator-a'), callBy('operator-b', 20 * hour, 401, { reason, session, cookie }));
    expect(text).toMatch(/^The app says why: /);
    expect(text).toContain(`operator-b said "${reason}" to request 2, GET /api/me of operator.`);
  },
);

test.each(byTheUser)('an end as "%s" of which the recording has nothing may be wrong', (reason) => {
  const text = seen(signInBy('operator-a'), callBy('operator-b', 1, 401, { reason, session, cookie }));
  expect(text).toMatch(/^.*another tab or device/s);
});

test.each([
  ['store-unavailable', 'Redis did not answer'],
  ['not-renewed', 'The app got no access token in time that it could use'],
] as const)('a 503 because of "%s" is a wrong response with a known cause; another 503 is none', (reason, cause) => {
  const text = seen(signInBy('operator-a'), callBy('operator-b', 1, 503, { reason, session, cookie }));
  expect(text).toContain(`The app says why: ${cause}`);
  expect(seen(signInBy('operator-a'), callBy('operator-b', 1, 503, { session, cookie }))).toMatch(/^.*No signed-in/s);
});

test('a session that is missing without evidence of why is no known cause', () => {
  const text = seen(
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { session, cookie }),
    callBy('operator-b', 2, 401, { reason: 'missing', session, cookie }),
  );
  expect(text).toMatch(/^The cause is unknown\.\n/);
  expect(text).toContain('Before it only operator-a had served the user, and never operator-b.');
  expect(text).toContain('evicted_keys');
});

test.each(perPod)('pods that differ are named: %s', (reason) => {
  const text = seen(
    { ...signInBy('operator-a'), session },
    callBy('operator-b', 1, 401, { reason, cookie }),
    callBy('operator-a', 2, 200, { session, cookie }),
    callBy('operator-b', 3, 401, { reason, session, cookie }),
    callBy('operator-a', 4, 200, { session, cookie }),
    callBy('operator-b', 5, 401, { reason, cookie }),
  );
  const variable =
    { missing: 'SESSION_REDIS_URL', unsealed: 'NUXT_OIDC_SESSION_SECRET' }[reason] ?? 'NUXT_OIDC_TOKEN_KEY';
  expect(text).toMatch(
    new RegExp(`\nLikely: the pods of operator differ in .*\\(${variable}\\), or what is in front of one`),
  );
  expect(text).toContain(
    'operator-a served the session after operator-b had refused it (request 3), which refused it 3 x in all and never served it.',
  );
});

test.each<[string, Short[]]>([
  [
    'the same pod refuses and serves the session, as when the store fails now and then',
    [200, 401, 200, 401, 401, 200, 401].map((status, at) =>
      callBy(
        at % 2 ? 'operator-a' : 'operator-b',
        at + 1,
        status,
        status === 401 ? { reason: 'missing', session, cookie } : { session, cookie },
      ),
    ),
  ],
  [
    'the entries of two sessions were deleted',
    [
      callBy('operator-a', 1, 200, { cookie }),
      callBy('operator-b', 2, 401, { reason: 'missing', cookie }),
      signInBy('operator-b', 3),
      callBy('operator-b', 4, 200, { cookie }),
      callBy('operator-a', 5, 401, { reason: 'missing', cookie }),
      callBy('operator-a', 6, 401, { reason: 'missing', cookie }),
    ],
  ],
  [
    'the entry was away twice, while a sticky balancer asked one pod',
    [401, 401, 200, 401, 401, 200].map((status, at) =>
      callBy(status === 200 ? 'operator-a' : 'operator-b', at + 1, status, {
        ...(status === 401 && { reason: 'missing' }),
        session,
        cookie,
      }),
    ),
  ],
  [
    'a cache repeats one refusal of a pod',
    [401, 200, 401, 200, 401, 200].map((status, at) =>
      callBy(status === 200 ? 'operator-a' : 'operator-b', at, status, {
        ...(status === 401 && { reason: 'missing', ...(at > 0 && { age: `${at}` }) }),
        session,
        cookie,
      }),
    ),
  ],
  [
    'only a pod that did not sign the user in serves the session again',
    [
      ...[1, 2, 3].map((at) => callBy('operator-b', at, 401, { reason: 'missing', cookie })),
      callBy('operator-c', 4, 200, { cookie }),
    ],
  ],
])('it does not show that pods differ: %s', (_, shorts) => {
  expect(seen(signInBy('operator-a'), ...shorts)).toMatch(/^The cause is unknown\.\n/);
});

test.each(['unsealed', 'unreadable'])(
  '"%s" of all pods since a rollout names what may have been replaced',
  (reason) => {
    const [old, next] = ['operator-1-a', 'operator-2-a'];
    const used = [{ ...signInBy(old), session }, callBy(old, 1, 200, { session, cookie })];
    const refusedAt = (at: number) => callBy(next, at, 401, { reason, cookie });
    expect(seen(...used, refusedAt(2), refusedAt(3))).toMatch(
      /^.*\nPossible: since the rollout the pods of operator have another (?:session secret|token key) .* Or: /,
    );
    expect(seen(...used, refusedAt(2))).not.toContain('since the rollout');
    expect(seen(...used, refusedAt(2), callBy(next, 3, 200, { session, cookie }))).not.toContain('since the rollout');
  },
);

test('a session that is served again was not lost, which a store that did not answer explains as well', () => {
  const text = seen(
    signInBy('operator-a'),
    callBy('operator-b', 1, 401, { reason: 'missing', session, cookie }),
    callBy('operator-a', 2, 200, { session, cookie }),
  );
  expect(text).not.toMatch(/^The app says|Likely: the pods/);
  expect(text).toContain('the pods differ, or the store loses entries.');
});

test.each([
  ['unsealed', 'or the cookie was changed on its way'],
  ['unreadable', 'or the entry was changed'],
])('"%s" alone does not show that pods differ', (reason, otherwise) => {
  const refused = [{ ...signInBy('operator-a'), session }, callBy('operator-b', 1, 401, { reason, cookie })];
  expect(seen(...refused)).toMatch(new RegExp(`^The cause is unknown\\.\nPossible: .*${otherwise}`));
  // Both pods serve the session of the next sign-in.
  const next = [signInBy('operator-a', 2), callBy('operator-b', 3, 200, { session, cookie })];
  expect(seen(...refused, ...next)).not.toMatch(/^The app says|Likely: the pods/);
  // In another tab the user has signed in again.
  const another = callBy('operator-a', 2, 200, { session: 'ba9876543210', cookie });
  expect(seen(...refused, another)).not.toMatch(/^The app says|Likely: the pods/);
});

test('five sessions that only the pod of their sign-in opens show pods that differ, unless entries may be deleted', () => {
  const sessionsWith = (reason: string) =>
    [0, 10, 20, 30, 40].map((at) => [
      signInBy('operator-a', at),
      callBy('operator-a', at + 1, 200, { cookie }),
      callBy('operator-b', at + 2, 401, { reason, cookie }),
    ]);
  const sessions = sessionsWith('unsealed');
  expect(seen(...sessions.flat())).toMatch(
    /\nLikely: the pods of operator differ.*\n.*\n5 sessions were each served by the pod of their sign-in/,
  );
  expect(seen(...sessions.slice(1).flat())).not.toMatch(/^The app says|Likely: the pods/);
  expect(seen(...sessionsWith('missing').flat())).toMatch(/^.*\n5 sessions were .*, or the store loses entries\./s);
  const both = [signInBy('operator-b', 50), callBy('operator-a', 51, 200, { cookie })];
  const lost = callBy('operator-a', 52, 401, { reason: 'unsealed', cookie });
  expect(seen(...sessions.flat(), ...both, lost)).not.toMatch(/^The app says|Likely: the pods/);
});

test.each([
  [
    'operator',
    2 * hour,
    /\nLikely: operator ended the session as idle 2 h after request 1, the last use\. Its limit is 12 h/,
  ],
  ['operator', 13 * hour, /^.*\nLikely: The refusal was right\./],
  ['portal', 13 * hour, /\nLikely: portal ended the session as idle 13 h after request 1/],
])('an idle end of %s after %i s is compared with the limit', (app, at, text) => {
  const url = `https://${app}.dezky.example`;
  const signIn = { ...signInBy('a-1'), url: `${url}/auth/oidc/callback` };
  expect(seen(signIn, callBy('a-1', at, 401, { url: `${url}/api/me`, reason: 'idle', cookie }))).toMatch(text);
});

test('an end by a limit is right only when the recording shows since when', () => {
  const refusedAt = (at: number, reason: string) => callBy('operator-a', at, 401, { reason, cookie });
  const login = { at: 0, method: 'POST', url: 'https://auth.dezky.example/api/v3/flows/executor/x/', status: 200 };
  expect(seen(refusedAt(0, 'idle'), refusedAt(60, 'idle'))).not.toMatch(/^The app says|Likely: the pods/);
  expect(seen(callBy('operator-a', 0, 200, { cookie }), refusedAt(70, 'too-old'))).not.toMatch(
    /^The app says|Likely: the pods/,
  );
  expect(seen(signInBy('operator-a'), refusedAt(70, 'too-old'))).not.toMatch(/^The app says|Likely: the pods/);
  expect(seen(login, signInBy('operator-a', 1), refusedAt(71, 'too-old'))).toMatch(
    /\nLikely: operator ended the session as too old 1 min(?:ute)? 10 s after request 1, the sign-in/,
  );
  expect(seen(signInBy('operator-a'), refusedAt(25 * hour, 'too-old'))).toMatch(/^.*\nLikely: The refusal was right\./);
  const unsure = { ...refusedAt(25 * hour, 'too-old'), isTimeUnsure: true };
  expect(seen(signInBy('operator-a'), unsure)).not.toMatch(/^The app says|Likely: the pods/);
  const signedOut = [signInBy('a-1'), signOutAt(2), { ...callBy('a-1', 3, 401, { cookie }), isTimeUnsure: true }];
  expect(seen(...signedOut)).not.toMatch(/^The app says|Likely: the pods/);
});

test('a response of a cache is not of the pod that it names', () => {
  const copied = { reason: 'none', cookie, requestId: 'request-0001' };
  const first = callBy('operator-a', 0, 401, { ...copied, cookie: 'theme=dark' });
  for (const refused of [{ age: '120' }, { cache: 'HIT from proxy' }, {}])
    expect(seen(first, signInBy('operator-a', 1), callBy('operator-a', 2, 401, { ...copied, ...refused }))).toMatch(
      /^The cause is unknown\.\nLikely: a cache answered request 3, and no pod: /,
    );
});

test('the same id of different requests is that of a proxy, and no copy', () => {
  const id = { requestId: 'request-0001', cookie };
  const text = seen(
    { ...signInBy('a-1'), ...id },
    callBy('a-1', 1, 200, id),
    callBy('a-1', 2, 401, { reason: 'missing', ...id }),
  );
  expect(text).toMatch(/^.*\nPossible: /);
});

test('a sign-in that sets no cookie is told', () => {
  const { setCookie: _, ...signIn } = signInBy('a-1');
  const other = { at: 0, url: `${own}/auth/oidc/login`, status: 200, setCookie: '__Host-oidc=x; Path=/; Secure' };
  expect(seen(other, signIn, callBy('a-1', 1, 401, { reason: 'none', cookie: 'theme=dark' }))).toMatch(
    /^.*request 1, the sign-in, sets none/s,
  );
});

test('a sign-out by a pod that cannot open the cookie is wrong, although it leads to Authentik', () => {
  const location = 'https://auth.dezky.example/application/o/operator/end-session/';
  const signOut = { ...signOutAt(2), pod: 'b-1', location, reason: 'unsealed' };
  const after = callBy('a-1', 3, 401, { reason: 'none', cookie: 'theme=dark' });
  expect(seen(signInBy('a-1'), signOut, after)).toMatch(/^.*\nPossible: The pod cannot open the session cookie/);
});

test('a response that no pod gave says nothing about the app', () => {
  const { pod: _, ...refused } = callBy('a-1', 2, 401, { cookie });
  const text = seen(signInBy('a-1'), callBy('a-1', 1, 200, { cookie }), refused);
  expect(text).toMatch(/^.*\nNo pod answered request 3, GET \/api\/me of operator: it has no x-served-by/);
});

test('an idle end is compared with the last use of this session, not with a response of a cache', () => {
  const idle = callBy('a-1', 13 * hour + 2, 401, { reason: 'idle', session, cookie });
  const begin = [{ ...signInBy('a-1'), session }, callBy('a-1', 1, 200, { session, cookie })];
  for (const later of [{ age: '46790' }, { session: 'ba9876543210' }])
    expect(seen(...begin, callBy('a-1', 13 * hour, 200, { cookie, ...later }), idle)).toMatch(
      /^.*\nLikely: The refusal was right\./,
    );
});

test('what happens after a sign-out may be of the session of another tab', () => {
  const signedOut = [
    signInBy('a-1'),
    { ...signOutAt(1), setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' },
  ];
  expect(seen(...signedOut, callBy('a-1', 2, 401, { reason: 'none', cookie: 'theme=dark' }))).toMatch(
    /^The cause is unknown\.\nLikely: The refusal was right: the user had signed out/,
  );
  expect(seen(...signedOut, callBy('a-1', 2, 401, { reason: 'missing', session, cookie }))).not.toMatch(
    /^The app says|Likely: the pods/,
  );
  const cleared = [callBy('a-1', 2, 200, { cookie }), callBy('a-1', 3, 401, { reason: 'none', cookie: 'theme=dark' })];
  expect(seen(...signedOut, ...cleared)).toMatch(/^The browser did not send the session cookie/);
});

test('the command that finds the line of the refused request has its id', () => {
  const text = seen(signInBy('a-1'), callBy('a-1', 1, 401, { reason: 'missing', cookie, requestId: '1b4e28ba-2fa1' }));
  expect(text).toContain(
    'kubectl logs -n dezky -l app.kubernetes.io/name=operator --since=24h --tail=-1 | grep 1b4e28ba-2fa1',
  );
  expect(text).not.toMatch(/<app>|<id>/);
});

test.each<[string, Partial<Short>, Short[], RegExp]>([
  [
    'the store was away',
    { status: 503, reason: 'store-unavailable' },
    [],
    /^The app says why: Redis did not answer.*\nThe sign-out of operator, request 2, was answered 503 \(store-unavailable\) by a-1, and led nowhere\./,
  ],
  [
    'no reason',
    { status: 500 },
    [{ at: 4, url: 'https://help.example.org/', status: 200, accept: 'text/html' }],
    /^.*\n.*was answered 500 by a-1, and the next page was help\.example\.org\/\./,
  ],
  [
    'its page leads away',
    { status: 200 },
    [{ at: 4, url: 'https://auth.dezky.local/x/', status: 0, accept: 'text/html' }],
    /^.*\nLikely: the sign-out of operator led to auth\.dezky\.local\/x\/\.\n.*was answered 200/,
  ],
])('a sign-out that no redirect follows: %s', (_, answer, later, text) => {
  const location = 'https://auth.dezky.example/application/o/authorize/';
  const login = { at: 0, url: `${own}/auth/oidc/login`, status: 302, location };
  const { location: _location, ...signOut } = signOutAt(2);
  expect(seen(login, signInBy('a-1', 1), { ...signOut, pod: 'a-1', ...answer }, ...later)).toMatch(text);
});

const without = { cookie: 'theme=dark' };
test.each<[string, string, Short[]]>([
  [
    'The browser did not send the session cookie, and no response of the recording removed it.',
    'request 2 was the last that had it',
    [callBy('a-1', 1, 200, { cookie }), callBy('a-1', 2, 401, without)],
  ],
  ['The browser did not send', 'The browser blocks cookies of this host', [callBy('a-1', 2, 401, without)]],
  [
    'The browser did not send',
    'Request 4 has it again, so the browser kept it',
    [200, 401, 200].map((status, at) => callBy('a-1', at + 1, status, status === 401 ? without : { session, cookie })),
  ],
  [
    'The browser did not send',
    'Request 4 has one again: this one was sent without cookies, or the user signed in again in another tab.',
    [
      callBy('a-1', 1, 200, { session, cookie }),
      callBy('a-1', 2, 401, without),
      callBy('a-1', 3, 200, { session: 'ba9876543210', cookie }),
    ],
  ],
  [
    'The browser did not send',
    'request 2 was the last that had it',
    [
      callBy('a-1', 1, 200, { cookie, setCookie: 'nuxt-oidc-auth=; Max-Age=0; Path=/' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    'The cause is unknown.\nLikely: request 2 set a session cookie that browsers must refuse',
    '',
    [
      callBy('a-1', 1, 200, { cookie, setCookie: '__Host-nuxt-oidc-auth=x; Path=/auth; Secure' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    'The cause is unknown.\nLikely: the response to request 2, GET /api/me of operator, removed the session cookie: 503, cookie removed.',
    'Nobody had signed out.',
    [
      callBy('a-1', 1, 503, { cookie, setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' }),
      callBy('a-1', 2, 401, without),
    ],
  ],
  [
    `The cause is unknown.\nLikely: the session cookie had expired: request 2 had set it for 1 h, not for ${contract.lifetimeDays} days.`,
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
  expect(text).not.toMatch(/^The app says|Likely: the pods/);
  expect(text).toContain('had no session cookie, as the app says.');
  expect(text).toContain('The recording has no cookies, and does not show where it went.');
});

test('a cookie that was sent and did not arrive, unless no app would accept it', () => {
  const bare = { reason: 'none', cookie: 'nuxt-oidc-auth=x; __Host-nuxt-oidc-auth=' };
  expect(seen(signInBy('a-1'), callBy('a-1', 2, 401, bare))).toMatch(/^The browser did not send/);
  expect(seen(signInBy('a-1'), callBy('a-1', 2, 401, { reason: 'none', cookie }))).toContain(
    'Something on the way removed it',
  );
});

test('a refusal after the own sign-out is right, and a recording without a refusal says so', () => {
  const signedOut = [signInBy('a-1'), signOutAt(2), callBy('a-1', 3, 401, { reason: 'signed-out', cookie })];
  expect(seen(...signedOut)).toContain('Likely: The refusal was right: the user had signed out with request 2.');
  expect(seen(signInBy('a-1'), callBy('a-1', 3, 200, { cookie }))).toMatch(/^No signed-in user was refused/);
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
  const isThere = location.includes('.example');
  expect(text).toContain(`Likely: the sign-out of operator led to ${where}\n`);
  expect(text).toContain('In this recording users sign in at auth.dezky.example.');
  expect(text).toContain(isThere ? 'NUXT_PUBLIC_OPERATOR_URL' : 'remove NUXT_OIDC_PROVIDERS_OIDC_LOGOUT_URL');
  for (const status of [403, 429, 503]) {
    const end = { at: 4, url: cancel, status, accept: 'text/html' };
    expect(seen(login, signInBy('a-1', 1), { ...signOutAt(2), location: cancel }, end)).toMatch(
      new RegExp(`^.*\\n.*which answered ${status}: Authentik was away`),
    );
  }
  const blocked = { ...signOutAt(2), status: 0, cookie: 'theme=dark' };
  expect(seen(login, signInBy('a-1', 1), blocked)).toMatch(/^.*\n.*form-action/);
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

const unsure = callBy('a-1', 4, 401, { reason: 'back-channel', session, cookie, date: 4 });
test.each<[string, Partial<Short>, string]>([
  ['a cache', { requestId: 'request-0001' }, 'A cache may have answered request 3'],
  ['something on the way', { pod: '' }, 'No pod answered request 3'],
  ['another session', { session: 'ba9876543210' }, 'The session of request 3, GET /api/me of operator, is another one'],
  ['an old response', { date: -3600 }, 'A clock was set'],
  [
    'another end',
    { status: 503, reason: 'store-unavailable' },
    'What ended the session may be another thing: request 4',
  ],
])('a sign of %s in the recording is told with what the app says', (_, strange, doubt) => {
  const begin = [
    { ...signInBy('a-1'), session },
    callBy('a-1', 1, 200, { session, cookie, requestId: 'request-0001', date: 1 }),
  ];
  const third = { ...callBy('a-1', 2, 200, { session, cookie, requestId: 'request-0002', date: 2 }) };
  expect(seen(...begin, third, unsure)).toMatch(/^The app says why: A logout token/);
  expect(seen(...begin, third, unsure)).not.toContain(doubt);
  expect(seen(...begin, { ...third, ...strange } as Short, unsure)).toContain(doubt);
});

test('pods by which different addresses are refused and served need not differ', () => {
  const users = { url: `${own}/api/users`, reason: 'missing', cookie };
  const turns = [1, 3, 5].flatMap((at) => [
    callBy('operator-b', at, 401, users),
    callBy('operator-a', at + 1, 200, { session, cookie }),
  ]);
  expect(seen({ ...signInBy('operator-a'), session }, ...turns)).not.toMatch(/^The app says|Likely: the pods/);
});

test('an address with the right one in it may be that of a gateway', () => {
  const right = 'https://auth.dezky.example/application/o/authorize/';
  const location = `https://links.example.com/?url=${encodeURIComponent(right)}`;
  const login = { at: 0, url: `${own}/auth/oidc/login`, status: 302, location: right };
  expect(seen(login, signInBy('a-1', 1), { ...signOutAt(2), location })).toMatch(
    /^.*\nLikely: the sign-out of operator led to links\.example\.com/,
  );
});
