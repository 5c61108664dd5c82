import { appNames } from '../../apps/environment/apps.ts';
import type { ProviderChange } from '../../fixtures/authentik/settings/provider.ts';
import type { Capability } from '../../fleet/engines/shared/capabilities.ts';
import { claims } from '../any-app/claims.ts';
import { expect, test } from '../index.ts';
import { describedApp } from '../models/app.ts';
import { notApplicable } from '../not-applicable.ts';

/** Claims about any app that the apps are tried with. Those about rollouts and tabs have specs that say more. */
const tried: Readonly<Record<string, { tag: string[]; needs?: readonly Capability[]; provider?: ProviderChange }>> = {
  refusal: { tag: ['@calls-led-to-sign-in'] },
  balanced: {
    tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1', '@sticky-ingress', '@api-of-the-other-app'],
  },
  'cross-pod': { tag: ['@per-pod-auth-session-secret', '@replicas-1', '@responses-without-pod-name'] },
  refresh: { tag: ['@refreshed-token-not-stored'], needs: ['authentik-control'] },
  outage: { tag: ['@idp-outage-signs-out'], needs: ['authentik-control'] },
  // With the flow of the provider alone Authentik would remember the user.
  'sign-out': { tag: ['@logout-never-reaches-authentik'], provider: { invalidationFlow: 'full' } },
  'back-channel': { tag: ['@no-back-channel'], needs: ['authentik-control'] },
};

test.afterEach(({}, { annotations }) => {
  const why = annotations.filter(({ type }) => type === notApplicable).map(({ description }) => description);
  expect(why, 'why the claim is not about this app').toEqual([]);
});

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    for (const [name, { tag, needs = [], provider }] of Object.entries(tried)) {
      const { shows, prove } = claims[name]!;
      test.describe(() => {
        test.use({ needs });
        if (provider) test.beforeEach(({ providerSettings }) => providerSettings(appName, provider));
        test(shows, { tag }, prove(describedApp(appName)));
      });
    }
  });
}
