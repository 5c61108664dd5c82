import { pods } from '../probes/checks/pods.ts';
import { shows } from '../requirements/requirements.ts';
import { test, testsOf } from './fixtures.ts';

const tests = testsOf(pods, {
  'every pod is on the expected revision': {
    tag: { operator: ['@replicas-1'], portal: ['@replicas-1', '@one-app-not-released'] },
  },
  'every pod keeps its sessions in Redis': { tag: ['@memory-sessions'] },
  'sign-out goes to the end-session URL of this app at this Authentik, and back': {
    tag: { operator: ['@dev-end-session', '@wrong-auth-url'], portal: ['@other-slug-end-session'] },
    annotation: shows('RP-Initiated Logout 2 endpoint'),
  },
});

for (const { of, title, details, body } of tests) test.describe(of, () => test(title, details, body));
