import { pages } from '../probes/checks/pages.ts';
import { shows } from '../requirements/requirements.ts';
import { test, testsOf } from './fixtures.ts';

const tests = testsOf(pages, {
  'no page and no script names a development host': {
    tag: { operator: ['@operator-label-hard-coded'], portal: ['@portal-copy-hard-coded'] },
  },
  'every kind of response has its security headers': {
    tag: ['@security-headers-missing', '@responses-cacheable', '@csp-nonce-reused', '@csp-connects-to-any-host'],
    annotation: shows('ASVS 3.4.5', 'ASVS 3.4.6', 'RFC 9700 4.2.4 Referer'),
  },
  'without a session the API responds with 401, and a page is the sign-in page': {
    tag: ['@pages-without-session-check'],
    annotation: shows('ASVS 7.2.1'),
  },
});

for (const { of, title, details, body } of tests) test.describe(of, () => test(title, details, body));
