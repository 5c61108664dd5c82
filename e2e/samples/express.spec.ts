import { shop } from '../../fixtures/sample-apps/express/shop.ts';
import { crossPod } from '../claims/cross-pod.ts';
import type { WebAppDescription } from '../claims/web-app.ts';
import { test } from '../fixtures/index.ts';

const webApp: WebAppDescription = {
  name: 'shop',
  signIn: '/login',
  callback: '/callback',
  calls: ['/api/me', '/api/orders'],
  namesPods: false,
};
const { balancedCalls, onTheOtherPod, signInAcrossPods } = crossPod(webApp);

test.use({ webApp, variant: { of: shop, needs: ['sample-apps'] } });

test(
  '40 balanced API calls: no 401, and both pods serve the session',
  { tag: '@sample-memory-sessions' },
  balancedCalls,
);

test(
  'after sign-in on one pod every API call works on the other',
  { tag: '@sample-memory-sessions' },
  async ({ app, fleet, ledger, newPerson }) => onTheOtherPod({ app, fleet, ledger, newPerson }),
);

test('a sign-in that starts on one pod completes on the other', { tag: '@sample-memory-sessions' }, signInAcrossPods);
