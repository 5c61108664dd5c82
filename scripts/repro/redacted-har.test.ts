import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { engineOf } from '../../fleet/product/fleet.ts';
import { causeSeen, seenBeside } from './cause-seen.ts';
import type { HarEntry } from './exchange.ts';
import { leaksIn } from '../../e2e/report/redact.ts';
import { readHar } from './read-har.ts';
import { redactedHar } from './redacted-har.ts';
import { faultsFor } from './replay-faults.ts';
import { storyOf } from './story.ts';

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

test('a recording of Chromium on a fleet with sessions in memory shows which pod refuses, and has no secret', () => {
  const path = join(import.meta.dirname, 'testing/memory-sessions.har');
  const story = storyOf(readHar(path));
  const verdict = causeSeen(story);
  // Entries that somebody deleted look the same, until many sessions show otherwise.
  expect(verdict?.isKnown).toBe(false);
  expect(verdict?.sentences.join('\n')).toMatch(/Before it only \S+-hnv6x had served the user, and never \S+-tgg52/);
  // As a build that does not say why: then faults are replayed, after what was seen.
  const silent = { ...story, requests: story.requests.map(({ reason: _said, ...request }) => request) };
  expect(causeSeen(silent)).toBeUndefined();
  expect(seenBeside(silent)).toContain('It had the session cookie.');
  expect(faultsFor(silent, engineOf('local')).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['memory-sessions', 'per-pod-session-secret']),
  );
  const text = readFileSync(path, 'utf8');
  expect(leaksIn(text)).toEqual([]);
  // Parameters hold codes and states.
  expect(text).not.toMatch(/https?:\/\/[^"]*[?#]/);
});
