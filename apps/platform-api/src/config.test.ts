import { expect, test } from 'vitest';
import { appNames } from '../../environment/apps.ts';
import { ConfigError, readConfig } from './config.ts';

test('an empty environment gives the development issuer and no upstream', () => {
  expect(readConfig({})).toEqual({
    realms: appNames.map((slug) => ({
      slug,
      issuer: `https://auth.dezky.local/application/o/${slug}/`,
      jwksUrl: `https://auth.dezky.local/application/o/${slug}/jwks/`,
    })),
    operatorGroup: 'dezky-operators',
    upstreams: {},
    upstreamTimeoutMs: 3000,
  });
});

test('a trailing slash makes no double one', () => {
  const config = readConfig({
    AUTH_URL: 'https://auth.dezky.example/',
    AUTH_SLUGS: 'portal',
    AUTHENTIK_API_URL: 'http://authentik/api/v3/',
    AUTHENTIK_API_TOKEN: 't',
  });
  expect(config.realms[0]?.issuer).toBe('https://auth.dezky.example/application/o/portal/');
  expect(config.upstreams.authentik).toEqual({ url: 'http://authentik/api/v3', token: 't' });
});

test('an empty variable counts as unset', () => {
  expect(readConfig({ STALWART_URL: '', STALWART_TOKEN: '', AUTH_URL: '', POD_NAME: '' })).toEqual(readConfig({}));
});

test.each([
  ['AUTH_URL', 'auth.dezky.example'],
  ['AUTH_URL', 'https://auth.dezky.example/?next=x'],
  ['AUTH_SLUGS', 'operator, portal'],
  ['AUTHENTIK_API_URL', 'http://authentik'],
  ['OCIS_URL', 'https://admin:hunter2@files.dezky.example'],
  ['UPSTREAM_TIMEOUT_MS', '3s'],
  ['POD_NAME', 'two\nlines'],
])('%s=%j is refused by a sentence that names the variable and keeps the value', (name, value) => {
  const read = () => readConfig({ [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(new RegExp(`^${name} must be [^\\n]+\\.$`));
  expect(read).not.toThrow(value);
});

test.each([
  ['STALWART_URL', 'http://stalwart', 'STALWART_TOKEN'],
  ['OCIS_TOKEN', 'secret', 'OCIS_URL'],
])('%s alone is refused: it may be a typo in %3$s', (name, value, missing) => {
  expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${missing} is not set although ${name} is`));
});
