import { everyApp } from '../../fleet/product/every-app.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { Variant } from '../fixtures/types.ts';
import { twoPods } from '../claims/two-pods.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

/** Like the middle of a rollout with a new session secret: each pod has a different one. */
const variant: Variant = {
  changes: [{ env: everyApp('NUXT_OIDC_SESSION_SECRET', '$(POD_NAME)-$(POD_NAME)-$(POD_NAME)') }],
};

test.use({ variant, needs: ['variants'] });
// On one worker: each would start a fleet for them.
test.describe.configure({ mode: 'default' });

test.use({ appName });

test(
  'while pods have different session secrets, a pod that cannot decrypt a cookie redirects to sign-in and keeps the cookie',
  { tag: ['@unreadable-cookie-replaced', '@unsealed-cookie-logged'], annotation: shows('RFC 6265bis 8.3 contents') },
  async ({ app, fleet, newPerson, ledger }) => {
    const [a, b] = await twoPods(fleet, appName);
    await app.pinTo(a);
    await app.startSession(await newPerson());
    expect((await app.call('/api/me', { pod: a })).status(), 'on the pod that opened the session').toBe(200);

    expect((await app.call('/api/me', { pod: b })).status(), 'on the pod with the other secret').toBe(401);
    await app.pinTo(b);
    await app.goto('/');
    await expect(app.page, 'a page of the pod with the other secret').toHaveURL(`${app.origin}/sign-in?failed=ended`);
    expect((await app.call('/api/me', { pod: a })).status(), 'afterwards, on the pod that opened it').toBe(200);

    await app.startSignIn();
    await app.expectSignedIn();
    expect((await app.call('/api/me', { pod: b })).status(), 'signed in again, on the other pod').toBe(200);
    expect(await ledger.failures(appName), 'failures').toEqual([]);
  },
);

test(
  'signing out on a pod that cannot open the cookie removes it, and goes to Authentik',
  { tag: ['@sign-out-only-said'], annotation: shows('store clear cookie') },
  async ({ app, fleet, newPerson }) => {
    const [a, b] = await twoPods(fleet, appName);
    await app.pinTo(a);
    await app.openSignedIn(await newPerson());
    await app.pinTo(b);
    const hops = await app.signOut();
    expect(hops).toComeTo(`${httpsOf(fleet.hosts.auth)}/application/o/${appName}/end-session/`);
    expect((await app.call('/api/me', { pod: a })).status(), 'afterwards, on the pod that opened it').toBe(401);
  },
);
