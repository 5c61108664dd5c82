import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { sessionReasons } from '../../apps/environment/session-reasons.ts';
import { causeSaid } from './cause-said.ts';
import { storyOf } from './story.ts';
import { callBy, exchanges, signInBy, type Short } from './testing/exchanges.ts';

const said = (shorts: readonly Short[]): string =>
  stripVTControlCharacters((causeSaid(storyOf(exchanges(shorts))) ?? ['nothing']).join('\n'));
const cookie = '__Host-nuxt-oidc-auth=Fe26.2*secret';
const session = '0123456789ab';

test.each(sessionReasons)('the cause of a refusal with the reason "%s" is what the app says', (reason) => {
  const text = said([signInBy('operator-a'), callBy('operator-b', 2, 401, { reason, session, cookie })]);
  expect(text).toMatch(/^(?:The cause: |The refusal was right\. )/);
  expect(text).toContain(`operator-b said "${reason}" to request 2, GET /api/me of operator.`);
});

test.each([
  ['missing', { session }],
  ['unreadable', { session }],
  ['unsealed', {}],
] as const)('pods that differ are named: %s', (reason, more) => {
  const text = said([
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { session, cookie }),
    callBy('operator-b', 2, 401, { reason, cookie, ...more }),
  ]);
  expect(text).toContain('served by operator-a, and never by operator-b: the pods differ.');
});

test.each([
  ['no response', {}],
  ['a response', { setCookie: '__Host-nuxt-oidc-auth=; Max-Age=0; Path=/; Secure' }],
])('a cookie that the browser stopped sending: %s removed it', (what, more) => {
  const text = said([
    signInBy('operator-a'),
    callBy('operator-a', 1, 200, { cookie, ...more }),
    callBy('operator-a', 2, 401, { reason: 'none', cookie: 'other=1' }),
  ]);
  expect(text).toContain(`Earlier requests had the cookie, and ${what} of the recording removed it.`);
});

test.each(['x', 'eyJhbGciOiJIUzI1NiJ9.e30.x', ''])('a header that is no reason (%j) is not believed', (reason) => {
  expect(said([signInBy('operator-a'), callBy('operator-b', 2, 401, { reason, cookie })])).toBe('nothing');
});
