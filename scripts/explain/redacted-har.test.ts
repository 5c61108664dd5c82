import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { explain } from './explain.ts';
import { entriesIn, recordingOf } from './har.ts';
import { personalDataIn } from './personal-data.ts';
import { redactedHar } from './redacted-har.ts';
import { call, endSession, entriesOf, shop, signIn, signOut, type Visit } from './testing/shop.ts';

const token = `eyJhbGciOiJIUzI1NiJ9.${btoa('{"name":"Anna Smith","email":"anna.smith@mail.example"}').replaceAll('=', '')}.c2lnbmF0dXJl`;
const recorded: Visit[] = [
  ...signIn(),
  call(2, 200, { content: `{"email":"anna.smith@mail.example","given_name":"Annabel","last_ip":"198.51.100.9"}` }),
  call(3, 200, {
    url: `${shop}/users/anna.smith/orders/4711?token=${token}`,
    sent: { authorization: `Bearer ${token}` },
  }),
  call(4, 401, { pod: 'shop-b' }),
  call(5, 200),
  signOut(6, `${endSession}&id_token_hint=${token}`),
];
const secrets = /secret-|anna|smith|annabel|4711|mail\.example|198\.51|203\.0|eyJ|c2lnbmF0dXJl|password=/i;

test('what belongs to a person or opens a session is counted by kind, with where it is', () => {
  const found = personalDataIn(entriesOf(recorded)).map(
    ({ kind, count, where }) => `${count} ${kind}: ${where.join(', ')}`,
  );
  expect(found).toEqual([
    '1 Passwords and one-time codes: bodies of requests',
    expect.stringMatching(/^\d+ Tokens and codes: addresses, headers of requests, headers of responses$/),
    '3 Cookies: cookies of requests, cookies of responses',
    '1 E-mail addresses: addresses, bodies of responses, headers of requests, headers of responses',
    '3 Names of users: addresses, bodies of requests, bodies of responses, headers of requests, headers of responses',
    '2 IP addresses: bodies of responses, connections',
  ]);
  expect(personalDataIn([null, { request: 1 }, { response: { content: { text: 7 } } }])).toEqual([]);
});

/** What is told of a recording. */
const toldOf = (entries: readonly unknown[]) => {
  const { exchanges, leftOut } = recordingOf(entries, 'it.har');
  const { verdict, about, command } = explain(exchanges);
  return { verdict, about, command, leftOut };
};

test('a redacted copy has none of it, and explains the same', () => {
  const copy = redactedHar(entriesOf(recorded));
  const text = JSON.stringify(copy);
  expect(secrets.exec(text)).toBeNull();
  expect(personalDataIn((copy.log as { entries: unknown[] }).entries).map(({ kind }) => kind)).not.toContain(
    'E-mail addresses',
  );
  expect(text).toContain('sid=cookie-');
  expect(toldOf(entriesIn(text, 'copy.har'))).toEqual(toldOf(entriesOf(recorded)));
});

test('the copy of a recording of Chromium explains the same', () => {
  const entries = entriesIn(readFileSync(join(import.meta.dirname, 'testing/memory-sessions.har'), 'utf8'), 'it.har');
  expect(toldOf(entriesIn(JSON.stringify(redactedHar(entries)), 'copy.har'))).toEqual(toldOf(entries));
});

test.each<[string, Visit[]]>([
  [
    'an expired cookie',
    [
      ...signIn({ set: 'Path=/; Expires=Mon, 05 Jan 2026 09:01:00 GMT; HttpOnly' }),
      call(2),
      call(90, 401, { sent: {} }),
    ],
  ],
  [
    'a cookie that is too large',
    [
      { ...signIn()[0]! },
      { ...signIn()[3]!, received: { location: '/', 'set-cookie': `sid=${'x'.repeat(5000)}; Path=/; HttpOnly` } },
      call(2, 401, { sent: { cookie: 'theme=x' } }),
    ],
  ],
  [
    'a file, and an entry that cannot be read',
    [...signIn(), call(2, 200, { url: `${shop}/app.4711.js` }), { ...call(3), url: 'no address' }, call(4, 401)],
  ],
  ['nothing wrong', [...signIn(), call(2)]],
])('the same verdict: %s', (_, visits) => {
  const copy = redactedHar(entriesOf(visits));
  expect(toldOf(entriesIn(JSON.stringify(copy), 'copy.har')).verdict).toEqual(toldOf(entriesOf(visits)).verdict);
});

test('a state in the name of a cookie is not in the copy', () => {
  const state = 'Xy12_aB34-cD56eF78';
  const named = [...signIn(), call(2, 401, { sent: { cookie: `sid=x; attempt-${state}=y; __Host-nuxt-oidc-auth=z` } })];
  const text = JSON.stringify(redactedHar(entriesOf(named)));
  expect(text).not.toContain(state);
  expect(text).toContain('__Host-nuxt-oidc-auth=cookie-');
});

test('a name of a cookie that is as long as a file is not in the copy', () => {
  const name = 'a'.repeat(1_000_000);
  const copy = redactedHar(entriesOf([...signIn(), call(2, 401, { sent: { cookie: `${name}=x` } })]));
  expect(JSON.stringify(copy)).toContain('"value":"name-');
});

test('an address in a parameter keeps its host, and nothing else', () => {
  const link = `https://links.example/?url=${encodeURIComponent('https://login.example/anna.smith?code=secret-code')}`;
  const { log } = redactedHar(entriesOf([call(1, 200, { url: link })])) as { log: { entries: object[] } };
  const text = JSON.stringify(log.entries);
  expect(text).toContain(encodeURIComponent('https://login.example/'));
  expect(text).not.toMatch(secrets);
});
