import { testUser } from '../probes/checks/test-user.ts';
import { test, testsOf } from './fixtures.ts';

const tests = testsOf(testUser, {
  'a test user signs in, is known to every pod, signs out, and is no longer known': {
    tag: ['@memory-sessions', '@cookie-without-host-prefix'],
  },
});

for (const { of, title, details, body } of tests) test.describe(of, () => test(title, details, body));
