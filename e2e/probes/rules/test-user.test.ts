import { expect, test } from 'vitest';
import { forEachApp } from '../../../apps/environment/apps.ts';
import type { SessionReason } from '../../../apps/environment/session-reasons.ts';
import { cookiesIn } from './cookies.ts';
import { expectedDiscovery } from './discovery.ts';
import { callsIn, testUserFaults, type SeenByTestUser } from './test-user.ts';

const urls = { ...forEachApp(({ name }) => `https://${name}.example`), auth: 'https://auth.example' };
const there = expectedDiscovery(urls.auth, 'operator').end_session_endpoint;

/** One call for each status, by the pods in turn. */
const calls = (
  statuses: readonly number[],
  reason?: SessionReason,
  pods: readonly string[] = ['operator-a', 'operator-b'],
) => callsIn(statuses.map((status, index) => ({ status, pod: pods[index % pods.length]!, reason, id: '' })));

const [session] = cookiesIn(['__Host-oidc=secret; Path=/; HttpOnly; Secure; SameSite=Lax']);
const [insecure] = cookiesIn(['__Host-oidc=secret; Path=/; HttpOnly; SameSite=Lax']);
const me = `${urls.operator}/api/me`;
const right: SeenByTestUser = {
  session,
  known: calls([200, 200]),
  stranger: { before: { url: me, status: 401 }, after: { url: me, status: 401 } },
  data: [{ path: '/api/tenants', status: 200 }],
  signedOut: { pod: 'operator-a', there, hasHint: true, end: { url: `${urls.operator}/signed-out`, status: 200 } },
  replayed: calls([401, 401], 'signed-out'),
};
const faultsOf = (change: Partial<SeenByTestUser>) =>
  testUserFaults('operator', { urls, pods: 2 }, { ...right, ...change });

test('what a test user should see has no fault', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[what: string, change: Partial<SeenByTestUser>, fault: RegExp]>([
  [
    'no session cookie',
    { session: undefined, known: calls([401, 401], 'none'), signedOut: { ...right.signedOut, there: 'none' } },
    /set no session cookie that came here: look whether something on the way removes Set-Cookie headers/,
  ],
  [
    'a refusal that a cache keeps',
    {
      known: callsIn(Array.from({ length: 2 }, () => ({ status: 401, pod: 'operator-a', reason: 'none', id: 'same' }))),
    },
    /answered 2 x 401 \(none\) from operator-a: some of them are one answer/,
  ],
  [
    'answers to the old cookie that a cache keeps',
    { replayed: callsIn([1, 2].map(() => ({ status: 200, pod: 'operator-a', reason: undefined, id: 'same' }))) },
    /the old cookie was answered with 2 x 200 from operator-a: some of them are one answer/,
  ],
  [
    'a session that is lost before it is ended',
    { known: calls([200, 401], 'missing'), signedOut: { ...right.signedOut, hasHint: false } },
    /1 x 401 \(missing\) from operator-b: /,
  ],
  [
    'a session that is lost after its calls',
    {
      signedOut: { ...right.signedOut, hasHint: false, end: { url: there, status: 200 } },
      replayed: calls([401, 401], 'missing'),
    },
    /^operator lost the session of the test user between \/api\/me and the sign-out: .* evicted_keys/,
  ],
  [
    'a session that is lost before its data',
    {
      data: [{ path: '/api/tenants', status: 401, reason: 'missing' }],
      signedOut: { ...right.signedOut, hasHint: false, end: { url: there, status: 200 } },
      replayed: calls([401, 401], 'missing'),
    },
    /^GET \/api\/tenants of operator was answered 401 .* evicted_keys/,
  ],
  [
    'a sign-out that a firewall refuses',
    {
      signedOut: { ...right.signedOut, there: 'none', refused: 403, pod: undefined },
      replayed: calls([200, 200]),
    },
    /^Signing out of operator by POST \S+ was answered 403: that answer names no pod/,
  ],
  [
    'a sign-out that a pod refuses',
    { signedOut: { ...right.signedOut, there: 'none', refused: 500 } },
    /was answered 500: look at the log of operator-a\.$/,
  ],
  ['a session cookie that is not Secure', { session: insecure }, /is not Secure/],
  [
    'a pod that refuses, with its reason',
    { known: calls([200, 401], 'unreadable') },
    /1 x 401 \(unreadable\) from operator-b: /,
  ],
  ['a pod that refuses without one', { known: calls([200, 401]) }, /those refusals give no x-session-reason/],
  ['a pod that fails', { known: calls([200, 502]) }, /1 x 502 from operator-b: look at the log of operator-b\.$/],
  [
    'a pod of another app',
    { known: calls([200, 401], 'unsealed', ['portal-a', 'operator-b']) },
    /portal-a is no pod of operator: look at the routes/,
  ],
  ['pods that fail', { known: calls([502, 502]) }, /look at platform-api, and at NUXT_PLATFORM_API_URL/],
  [
    'one pod alone',
    { known: calls([200, 200], undefined, ['operator-a']) },
    /^Unproven: 1 of 2 pods .* sticky sessions/,
  ],
  [
    'a call that a cache answers',
    { stranger: { ...right.stranger, after: { url: me, status: 200 } } },
    /Look at the caches of the ingress and the CDN/,
  ],
  [
    'a group that platform-api does not know',
    { data: [{ path: '/api/tenants', status: 403 }] },
    /^GET \/api\/tenants of operator was answered 403 .* OPERATOR_GROUP/,
  ],
  [
    'a route that fails',
    { data: [{ path: '/api/tenants', status: 502 }] },
    /answered 502 .* look at the log of platform-api/,
  ],
  [
    'a sign-out that goes elsewhere',
    { signedOut: { ...right.signedOut, there: 'https://auth.dezky.local/end-session/' } },
    /went to the end-session address https:\/\/auth\.dezky\.local\/end-session\/, not to /,
  ],
  ['a sign-out without a hint', { signedOut: { ...right.signedOut, hasHint: false } }, /sent no id_token_hint/],
  [
    'a sign-out that ends elsewhere',
    { signedOut: { ...right.signedOut, end: { url: `${there}?a=1`, status: 200 } } },
    /ended at \S+end-session\/: register \S+\/signed-out as a logout redirect URI/,
  ],
  [
    'a sign-out that ends with an error',
    { signedOut: { ...right.signedOut, end: { url: there, status: 500 } } },
    /which answered 500: look at its log, and at the rules of the ingress/,
  ],
  [
    'a sign-out that something in front answers',
    { signedOut: { ...right.signedOut, pod: undefined, there: `${urls.operator}/signed-out` } },
    /went to the end-session address \S+\/signed-out, not to .*: that answer names no pod/,
  ],
  [
    'a store that goes before the end',
    { replayed: calls([401, 503], 'store-unavailable') },
    /the store did not answer each time/,
  ],
  [
    'a store that comes and goes',
    {
      known: calls([200, 503], 'store-unavailable'),
      signedOut: { ...right.signedOut, there: `${urls.operator}/signed-out` },
      replayed: calls([200, 200]),
    },
    /^After signing in to operator, .* Look at the pod of Redis/,
  ],
  ['a session that lives on', { replayed: calls([401, 200]) }, /signing out does not remove the session\.$/],
  [
    'an old cookie that is not judged',
    { replayed: calls([401, 502]) },
    /whether it still opens the session is not known/,
  ],
])('%s is one fault', (_what, change, fault) => {
  expect(faultsOf(change)).toEqual([expect.stringMatching(fault)]);
});

test('neither a service that is not there nor a route that anybody may call is a fault of another kind', () => {
  const before = { url: me, status: 200 };
  expect(faultsOf({ data: [{ path: '/api/tenants', status: 501 }], stranger: { before, after: before } })).toEqual([]);
});

test('no other route is judged when /api/me is refused', () => {
  const refused = { known: calls([401, 401]), data: [{ path: '/api/tenants', status: 401 }] };
  expect(faultsOf(refused)).toEqual([expect.stringContaining('/api/me answered')]);
});
