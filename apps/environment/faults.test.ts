import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { developmentUrls } from '../base/development-urls.ts';
import { environments, keptIn, type Environment, type Variable } from './environments.ts';
import { faultsOf, isPlaceholder } from './faults.ts';

const all = Object.entries<Environment>(environments);
const random = (bytes: number): string =>
  Buffer.from(Uint8Array.from({ length: bytes }, (_, index) => (index * 83 + bytes) % 256)).toString('base64');
/** Ten distinct characters without a repeating pattern. */
const digitsOfPi = '314159265358979323846264338327950288419716939937';

/** A valid production environment. */
const operator = {
  NUXT_PUBLIC_AUTH_URL: 'https://auth.dezky.example',
  NUXT_PUBLIC_OPERATOR_URL: 'https://operator.dezky.example',
  NUXT_PLATFORM_API_URL: 'http://platform-api',
  SESSION_REDIS_URL: 'redis://dezky-data:6379/1',
  NUXT_OIDC_SESSION_SECRET: random(36),
  NUXT_OIDC_TOKEN_KEY: random(32),
  NUXT_OIDC_AUTH_SESSION_SECRET: random(37),
  NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET: 'M2Fr0kzC9vhEJ6mY1bQwXs7u',
  POD_NAME: 'operator-1',
  REVISION: '1.0.0',
};
const sentences = (values: Record<string, string | undefined>, stage: 'start' | 'production' = 'production') =>
  faultsOf(environments.operator, values, stage).map(({ sentence }) => sentence);

test('a sound environment has no fault', () => {
  expect(sentences(operator)).toEqual([]);
});

test('what production needs beyond what an app starts with is told for production alone', () => {
  const { NUXT_PUBLIC_AUTH_URL: _, ...without } = operator;
  expect(sentences(without, 'start')).toEqual([]);
  expect(sentences(without)).toEqual(['NUXT_PUBLIC_AUTH_URL is not set.']);
});

describe('in production', () => {
  test.each([
    ['NUXT_PUBLIC_AUTH_URL', 'https://auth.dezky.local', "names a host of a developer's machine"],
    ['NUXT_PUBLIC_AUTH_URL', 'https://auth.dezky.svc.cluster.local', "names a host of a developer's machine"],
    ['NUXT_PUBLIC_AUTH_URL', 'http://auth.dezky.example', 'must be https: browsers are sent there'],
    ['NUXT_PLATFORM_API_URL', 'http://localhost:3100', "names a host of a developer's machine"],
    ['SESSION_REDIS_URL', 'redis://127.0.0.1:6379/1', "names a host of a developer's machine"],
    ['NUXT_OIDC_SESSION_SECRET', 'a'.repeat(48), 'is a placeholder: put the real value there'],
    ['NUXT_OIDC_SESSION_SECRET', digitsOfPi, 'repeats few characters: make a random one'],
    ['NUXT_OIDC_SESSION_SECRET', `${operator.NUXT_OIDC_SESSION_SECRET}\n`, 'begins or ends with white space: make it'],
    ['NUXT_OIDC_SESSION_SECRET', `change-me-${'x9y8z7'.repeat(10)}`, 'is a placeholder: put the real value there'],
    ['NUXT_OIDC_TOKEN_KEY', Buffer.alloc(32).toString('base64'), 'is a placeholder: put the real value there'],
    [
      'NUXT_OIDC_TOKEN_KEY',
      Buffer.from(digitsOfPi.slice(0, 32)).toString('base64'),
      'repeats few bytes: make a random',
    ],
    [
      'NUXT_OIDC_TOKEN_KEY',
      Buffer.from('thirty-two bytes, as if by magic').toString('base64'),
      'is the base64 of text: make a random one',
    ],
    ['NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET', 'hunter2', 'has 7 characters: what a service issues is longer'],
  ])('%s=%j is refused', (name, value, reason) => {
    expect(sentences({ ...operator, [name]: value })).toEqual([expect.stringContaining(`${name} ${reason}`)]);
  });

  test.each([
    'NUXT_PUBLIC_AUTH_URL',
    'NUXT_PUBLIC_OPERATOR_URL',
    'NUXT_PLATFORM_API_URL',
    'SESSION_REDIS_URL',
    'POD_NAME',
    'REVISION',
  ])('an app would start without %s, and be wrong', (name) => {
    expect(sentences({ ...operator, [name]: undefined })).toEqual([expect.stringMatching(`^${name} is not set[.:]`)]);
  });
});

test('a value is never repeated, whatever is wrong with it', () => {
  const values = Object.fromEntries(Object.keys(operator).map((name) => [name, 'hunter2 hunter2']));
  const told = sentences(values);
  expect(told.length).toBeGreaterThan(6);
  expect(told.join(' ')).not.toContain('hunter2');
});

test.each(['', ' ', '\n'])(
  'an empty lifetime %j of sessions at Authentik is not the 0 that turns the check off',
  (value) => {
    expect(sentences({ ...operator, NUXT_AUTH_SESSION_SECONDS: value }, 'start')).toEqual([
      'NUXT_AUTH_SESSION_SECONDS must be a whole number of seconds from 0 to 31622400.',
    ]);
  },
);

describe('a placeholder', () => {
  test.each(['CHANGE_ME', 'change-me-please', 'TODO', 'xxxx', 'your-client-secret'])('%s is one', (value) =>
    expect(isPlaceholder(value)).toBe(true),
  );
  test.each([
    'http://NODE_GATEWAY_IP:8080',
    '${STALWART_TOKEN}',
    'portal-secret-for-e2e-only',
    'FILL_ME_IN_FILL_ME_IN_1234',
    'TODO: ask ops for the secret',
    'OPERATOR_EXAMPLE_CLIENT_SECRET',
    'REDACTED-REDACTED-REDACTED',
    '{{ client_secret_of_operator }}',
    '%CLIENT_SECRET_OF_OPERATOR%',
    'vault:secret/data/operator#client',
    'ENC[AES256_GCM,data:p673w==,iv:YY=,type:str]',
    'secretsecretsecretsecret',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'abcdefghijklmnopqrstuvwxyz',
  ])('%s is one', (value) => expect(isPlaceholder(value)).toBe(true));
  test.each([
    'https://auth.dezky.example',
    'redis://dezky-data:6379/1',
    'dezky-operators',
    'qe2eR+/7TODOxx',
    'http://10.42.0.1:8080',
    'https://example.example.example',
    'redis://operator:p%2FW3%2Fq9@dezky-data:6379/1',
    'operator-5d4f5d4f5d-5d4f5',
    '30000',
    '4f0b1c8d2e6a9f3b5c7d1e0f2a4b6c8d0e1f3a5b',
  ])('%s is none', (value) => expect(isPlaceholder(value)).toBe(false));

  const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const sizes = Array.from({ length: 33 }, (_, index) => 32 + index);
  test.each<[string, readonly number[], (bytes: Buffer) => string]>([
    ['base64', sizes, (bytes) => bytes.toString('base64')],
    ['hex', sizes, (bytes) => bytes.toString('hex')],
    ['what Authentik issues', [60, 128], (bytes) => Array.from(bytes, (byte) => alphanumeric[byte % 62]).join('')],
  ])('random %s is none', (_, lengths, write) => {
    // The same values in every run, because one random value in millions contains a placeholder word.
    const values = lengths.flatMap((length) =>
      Array.from({ length: Math.ceil(5000 / lengths.length) }, (_, seed) =>
        write(createHash('shake256', { outputLength: length }).update(`${length} ${seed}`).digest()),
      ),
    );
    expect(values.filter(isPlaceholder)).toEqual([]);
  });
});

describe('the schema', () => {
  const variables = all.flatMap(([app, environment]) =>
    Object.entries<Variable>(environment.variables).map(([name, variable]) => ({ app, name, variable })),
  );

  test('falls back to the very URLs that the apps fall back to', () => {
    const fallbacks = variables.filter(({ name }) => name.startsWith('NUXT_PUBLIC_'));
    expect(Object.fromEntries(fallbacks.map(({ name, variable }) => [name, variable.fallback]))).toEqual(
      developmentUrls,
    );
  });

  test('says how to come by every secret, and keeps none in a ConfigMap', () => {
    const made = variables.filter(({ variable }) => variable.make !== undefined);
    const secret = variables.filter(({ app, variable }) => keptIn(app, variable)?.kind === 'Secret');
    expect(secret.length).toBeGreaterThan(10);
    expect(made).toEqual(secret);
    const mayHoldPassword = variables.filter(({ variable }) => variable.format.description.includes('password'));
    expect(mayHoldPassword.map(({ variable }) => variable.source)).toEqual(['secrets', 'secrets']);
  });

  test('makes secrets that it takes', () => {
    for (const { name, variable } of variables) {
      const { make } = variable;
      if (!make || !('randomBytes' in make)) continue;
      const value = Buffer.from(crypto.getRandomValues(new Uint8Array(make.randomBytes))).toString('base64');
      expect(faultsOf({ variables: { [name]: variable } }, { [name]: value }, 'production')).toEqual([]);
    }
  });
});

describe('what is declared and has no client yet', () => {
  test('may be empty, and may not be set', () => {
    const faults = (values: Record<string, string>) => faultsOf(environments['platform-api'], values, 'start');
    expect(faults({ COLD_STORAGE_URL: '', COLD_STORAGE_TOKEN: '' })).toEqual([]);
    expect(
      faults({ COLD_STORAGE_URL: 'http://cold', COLD_STORAGE_TOKEN: 't' }).map(({ sentence }) => sentence),
    ).toEqual([
      'COLD_STORAGE_URL must stay empty: there is no client for cold storage yet.',
      'COLD_STORAGE_TOKEN must stay empty: there is no client for cold storage yet.',
    ]);
  });
});
