import { describe, expect, test } from 'vitest';
import { discoveryFaults, expectedDiscovery, jsonOf } from './discovery.ts';

const auth = 'https://auth.dezky.example';

describe('discovery', () => {
  const sound = { ...expectedDiscovery(auth, 'portal'), code_challenge_methods_supported: ['plain', 'S256'] };

  test('of this application at this address is fine', () => {
    expect(discoveryFaults(sound, auth, 'portal')).toEqual([]);
  });

  test.each([
    ['another issuer mode', { issuer: `${auth}/` }, /^issuer of portal is "https:\/\/auth\.dezky\.example\/"/],
    ['http behind a proxy', { token_endpoint: 'http://auth.dezky.example/application/o/token/' }, /^token_endpoint/],
    [
      'a name in the cluster',
      { end_session_endpoint: 'http://authentik/x/' },
      /^end_session_endpoint .*Host and X-For/,
    ],
    ['a missing field', { jwks_uri: undefined }, /^jwks_uri of portal is undefined/],
    ['no PKCE', { code_challenge_methods_supported: ['plain'] }, /PKCE/],
  ])('with %s is one fault', (_what, change, fault) => {
    expect(discoveryFaults({ ...sound, ...change }, auth, 'portal')).toEqual([expect.stringMatching(fault)]);
  });
});

test('an Authentik that sees another scheme than its users is one fault', () => {
  const seen = {
    ...expectedDiscovery('http://auth.dezky.example', 'portal'),
    code_challenge_methods_supported: ['S256'],
  };
  expect(discoveryFaults(seen, auth, 'portal')).toEqual([
    expect.stringMatching(/^Authentik describes portal at http:.*issuer, .*X-Forwarded-Proto/),
  ]);
});

test('a host that answers HTML is not Authentik', () => {
  expect(() => jsonOf('https://auth.example/jwks/', '<html>')).toThrow(/^https:\S+ answers no JSON: this host is not/);
});
