import { standardOf } from './standard.ts';

/** What a client must do. */
export const rfc7009 = standardOf({
  name: 'RFC 7009',
  title: 'RFC 7009, token revocation: clients',
  requirements: {
    '2 https': 'The address is https, and its certificate is verified.',
    '2 address': 'The address comes from a trusted source.',
    '2.1 request': 'The token goes in the form of a POST, with a hint of its type.',
    '2.1 authentication': 'The client authenticates.',
    '2.2': 'After 200 the token is not used again, whether the server knew it or not.',
    '2.2.1': 'An error of the server does not pass for a revocation.',
    '2.3': 'Cross-origin revocation is a matter of clients in browsers.',
  },
  notApplicable: {
    'The apps revoke from the server.': ['2.3'],
  },
  missing: {
    '2 https':
      'The address has the origin of the token endpoint, and Node refuses a wrong certificate; no test has a wrong one.',
  },
  alsoIn: {
    '2 address': { 'apps/base/server/authentik/token-endpoint.test.ts': 'asks as RFC 7009 section 2.1 says' },
    '2.1 request': { 'apps/base/server/authentik/token-endpoint.test.ts': 'asks as RFC 7009 section 2.1 says' },
    '2.1 authentication': { 'apps/base/server/authentik/token-endpoint.test.ts': 'asks as RFC 7009 section 2.1 says' },
    '2.2.1': { 'apps/base/server/authentik/token-endpoint.test.ts': 'rejects with the status of an error' },
  },
});
