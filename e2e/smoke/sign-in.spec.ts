import { signIn } from '../probes/checks/sign-in.ts';
import { shows } from '../requirements/requirements.ts';
import { test, testsOf } from './fixtures.ts';

const tests = testsOf(signIn, {
  'sign-in goes to this Authentik with PKCE, and back': {
    tag: { operator: ['@wrong-auth-url'] },
    annotation: shows(
      'ASVS 10.1.2',
      'RFC 9700 2.1.1 PKCE',
      'RFC 9700 2.1.1 transaction',
      'RFC 9700 2.1.1 S256',
      'RFC 9700 2.1.2',
      'RFC 9700 2.6 responses',
    ),
  },
  'Authentik knows the client and its redirect URI': { tag: { operator: ['@wrong-auth-url'] } },
  'its cookies are Secure, HttpOnly, SameSite and for this host only': {
    tag: ['@security-headers-missing', '@cookie-without-host-prefix'],
    annotation: shows(
      'ASVS 3.3.1',
      'ASVS 3.3.2',
      'ASVS 3.3.3',
      'ASVS 3.3.4',
      'RFC 6265bis 4.1.3',
      'RFC 6265bis 8.3 Secure',
    ),
  },
});

for (const { of, title, details, body } of tests) test.describe(of, () => test(title, details, body));
