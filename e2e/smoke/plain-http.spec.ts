import { plainHttp } from '../probes/checks/hosts.ts';
import { test, testsOf } from './fixtures.ts';

const tests = testsOf(plainHttp, {
  'plain http redirects to https, to the same path': { tag: ['@no-https-redirect'] },
});

for (const { of, title, details, body } of tests) test.describe(of, () => test(title, details, body));
