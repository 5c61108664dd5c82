import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { environmentFaults } from './environment.ts';

const sound = {
  NUXT_OIDC_SESSION_SECRET: 's'.repeat(48),
  NUXT_OIDC_AUTH_SESSION_SECRET: 'a'.repeat(48),
  NUXT_OIDC_TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
  NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET: 'client',
};

describe('environmentFaults', () => {
  test('finds none where the secrets are there and everything else has its fallback', () => {
    expect(environmentFaults(sound)).toEqual([]);
  });

  test.each(Object.keys(sound))('names %s when it is missing', (name) => {
    const faults = environmentFaults({ ...sound, [name]: undefined });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${name} is not set`));
  });

  test.each([
    ['NUXT_OIDC_SESSION_SECRET', 's'.repeat(47), 'has 47 characters'],
    ['NUXT_OIDC_AUTH_SESSION_SECRET', 'a'.repeat(47), 'has 47 characters'],
    ['NUXT_OIDC_TOKEN_KEY', Buffer.alloc(31).toString('base64'), 'is not the base64 of 32 bytes'],
    ['NUXT_OIDC_TOKEN_KEY', 'not base64 at all, but as long as a key is', 'is not the base64 of 32 bytes'],
    ['SESSION_REDIS_URL', 'http://dezky-data', 'has the scheme http'],
    ['NUXT_PUBLIC_AUTH_URL', 'https://auth.dezky.example/', 'must be scheme and host alone'],
    ['NUXT_PUBLIC_AUTH_URL', 'auth.dezky.example', 'must be scheme and host alone'],
    ['NUXT_PUBLIC_OPERATOR_URL', '', 'must be scheme and host alone'],
    ['NUXT_PUBLIC_MAIL_URL', 'ftp://mail.dezky.example', 'must be scheme and host alone'],
  ])('refuses %s=%s', (name, value, reason) => {
    const faults = environmentFaults({ ...sound, [name]: value });
    expect(faults).toEqual([expect.stringMatching(new RegExp(`^${name} ${reason}.*\\.$`))]);
  });

  test('finds none in .env.example, its commented values included', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const variables = Object.fromEntries(
      example.matchAll(/^(?:# )?([A-Z_]+)=(.*)$/gm).map(([, name, value]) => [name, value]),
    );
    expect(Object.keys(variables)).toEqual(expect.arrayContaining([...Object.keys(sound), 'SESSION_REDIS_URL']));
    expect(environmentFaults(variables)).toEqual([]);
  });

  test('never repeats a secret', () => {
    const short = environmentFaults({ ...sound, NUXT_OIDC_SESSION_SECRET: 'hunter2', NUXT_OIDC_TOKEN_KEY: 'hunter3' });
    expect(short).toHaveLength(2);
    expect(short.join(' ')).not.toContain('hunter');
  });
});
