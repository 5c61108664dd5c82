import { expect, test } from 'vitest';
import type { Entry } from './exchange.ts';
import { redactedHar } from './redacted-har.ts';

const secrets = ['the-code', 'the-state', 'the-cookie', 'the-csrf', 'the-hint', 'the-token', 'the-password'];
const entry: Entry = {
  startedDateTime: '2026-01-05T09:00:10.000Z',
  time: 20.4,
  request: {
    method: 'POST',
    url: 'https://operator.dezky.example/auth/oidc/callback?code=the-code&state=the-state',
    headers: [
      { name: 'Cookie', value: '__Host-nuxt-oidc-auth=the-cookie; authentik_csrf=the-csrf' },
      { name: 'Authorization', value: 'Bearer the-token' },
      { name: 'Referer', value: 'https://auth.dezky.example/?state=the-state' },
      { name: 'X-Authentik-Csrf', value: 'the-csrf' },
    ],
  },
  response: {
    status: 303,
    redirectURL: 'https://auth.dezky.example/?state=the-state',
    headers: [
      { name: 'Location', value: 'https://auth.dezky.example/end-session/?id_token_hint=the-hint#the-token' },
      { name: 'Set-Cookie', value: '__Host-nuxt-oidc-auth=the-cookie; Max-Age=1209600; Path=/' },
      { name: 'X-Served-By', value: 'operator-a' },
      { name: 'X-Revision', value: '1' },
    ],
  },
};
const options = { shifts: [], withoutPods: false };

test('nothing secret of an exchange is in the written HAR', () => {
  // A body would be such a field; the type has none, and so has what is written.
  const withBody = { ...entry, request: { ...entry.request, postData: { text: 'the-password' } } };
  const text = JSON.stringify(redactedHar([withBody], options));
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain('"__Host-nuxt-oidc-auth=removed; authentik_csrf=removed"');
  expect(text).toContain('"__Host-nuxt-oidc-auth=removed; Max-Age=1209600; Path=/"');
  expect(text).toContain('"operator-a"');
});

test('time that passed in the sessions alone is added to what follows', () => {
  const later = { ...entry, startedDateTime: '2026-01-05T09:00:30.000Z' };
  const shifts = [{ from: Date.parse('2026-01-05T09:00:20.000Z'), ms: 3_600_000 }];
  const { log } = redactedHar([entry, later], { ...options, shifts }) as { log: { entries: Entry[] } };
  expect(log.entries.map(({ startedDateTime }) => startedDateTime)).toEqual([
    '2026-01-05T09:00:10.000Z',
    '2026-01-05T10:00:30.000Z',
  ]);
});

test('a HAR without pods names neither pod nor revision', () => {
  const text = JSON.stringify(redactedHar([entry], { ...options, withoutPods: true }));
  expect(text).not.toMatch(/x-served-by|x-revision|operator-a/);
});
