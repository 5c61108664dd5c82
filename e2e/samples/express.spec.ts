import { shop } from '../../fixtures/sample-apps/express/shop.ts';
import { crossPod } from '../claims/cross-pod.ts';
import type { WebAppDescription } from '../claims/web-app.ts';
import { test } from '../fixtures/index.ts';
import { expect } from '../matchers/index.ts';

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

test('a page with a file that never comes is no obstacle to signing in and out', async ({ app, newPerson }) => {
  await app.page.route('**/assets/**', () => {});
  await app.openSignedIn(await newPerson());
  await app.leave({ method: 'POST', path: '/logout' });
  expect((await app.call('/api/me')).status(), 'GET /api/me afterwards').toBe(401);
});
