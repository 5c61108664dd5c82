import type { Standard } from './standard.ts';

const unitTests = 'apps/base/server/authentik/token-endpoint.test.ts';

/** What a client must do. */
export const rfc7009 = {
  name: 'RFC 7009',
  title: 'RFC 7009, token revocation: clients',
  requirements: {
    '2 https': {
      text: 'The address is https, and its certificate is verified.',
      missing:
        'The address has the origin of the token endpoint, and Node refuses a wrong certificate; no test has a wrong one.',
    },
    '2 address': {
      text: 'The address comes from a trusted source.',
      alsoIn: { [unitTests]: 'asks as RFC 7009 section 2.1 says' },
    },
    '2.1 request': {
      text: 'The token goes in the form of a POST, with a hint of its type.',
      alsoIn: { [unitTests]: 'asks as RFC 7009 section 2.1 says' },
    },
    '2.1 authentication': {
      text: 'The client authenticates.',
      alsoIn: { [unitTests]: 'asks as RFC 7009 section 2.1 says' },
    },
    '2.2': { text: 'After 200 the token is not used again, whether the server knew it or not.' },
    '2.2.1': {
      text: 'An error of the server does not pass for a revocation.',
      alsoIn: { [unitTests]: 'rejects with the status of an error' },
    },
    '2.3': {
      text: 'Cross-origin revocation is a matter of clients in browsers.',
      notApplicable: 'The apps revoke from the server.',
    },
  },
} as const satisfies Standard;
