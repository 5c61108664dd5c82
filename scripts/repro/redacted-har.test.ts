import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { HarEntry } from './exchange.ts';
import { leaksIn } from '../../e2e/report/redact.ts';
import { readHar } from './read-har.ts';
import { redactedHar } from './redacted-har.ts';
import { requestSentence, storyOf, wrongResponsesIn } from './story.ts';

const secrets = ['the-code', 'the-state', 'the-cookie', 'the-csrf', 'the-hint', 'the-token', 'the-password'];
const entry: HarEntry = {
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

test('nothing secret of an exchange is in the written HAR', () => {
  // A body would be such a field; the type has none, and so has what is written.
  const withBody = { ...entry, request: { ...entry.request, postData: { text: 'the-password' } } };
  const text = redactedHar([withBody], []);
  for (const secret of secrets) expect(text).not.toContain(secret);
  expect(text).toContain('"__Host-nuxt-oidc-auth=removed; authentik_csrf=removed"');
  expect(text).toContain('"__Host-nuxt-oidc-auth=removed; Max-Age=1209600; Path=/"');
  expect(text).toContain('"operator-a"');
});

test('time that passed in the sessions alone is added to what follows', () => {
  const later = { ...entry, startedDateTime: '2026-01-05T09:00:30.000Z' };
  const shifts = [{ from: Date.parse('2026-01-05T09:00:20.000Z'), ms: 3_600_000 }];
  const { log } = JSON.parse(redactedHar([entry, later], shifts)) as { log: { entries: HarEntry[] } };
  expect(log.entries.map(({ startedDateTime }) => startedDateTime)).toEqual([
    '2026-01-05T09:00:10.000Z',
    '2026-01-05T10:00:30.000Z',
  ]);
});

test('a recording of a browser on a fleet with sessions in memory has the refusals of the other pod, and no secret', () => {
  const path = join(import.meta.dirname, 'testing/memory-sessions.har');
  const story = storyOf(readHar(path));
  expect(wrongResponsesIn(story).map((index) => requestSentence(story.requests[index]!))).toEqual([
    'GET / of operator',
    'GET /tenants of operator',
    'GET /users of operator',
    'GET /api/me of operator',
    'GET /api/users of operator',
  ]);
  const text = readFileSync(path, 'utf8');
  expect(leaksIn(text)).toEqual([]);
  // Parameters hold codes and states.
  expect(text).not.toMatch(/https?:\/\/[^"]*[?#]/);
});
