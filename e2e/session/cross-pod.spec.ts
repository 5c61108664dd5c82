import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { crossPod } from '../claims/cross-pod.ts';
import { twoPods } from '../claims/two-pods.ts';
import { expect, test } from '../index.ts';
import { describedApp } from '../models/app.ts';
import { shows } from '../requirements/requirements.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const { everyCall, balancedCalls, signInAcrossPods } = crossPod(describedApp(appName));

    test(
      'after sign-in on one pod every API call works on the other',
      { tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1'], annotation: shows('store load equal') },
      everyCall,
    );

    test(
      '40 balanced API calls: no 401, and both pods serve the session',
      {
        tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1', '@sticky-ingress', '@api-of-the-other-app'],
      },
      balancedCalls,
    );

    test(
      'a sign-in that starts on one pod completes on the other',
      { tag: ['@per-pod-auth-session-secret', '@replicas-1', '@responses-without-pod-name'] },
      signInAcrossPods,
    );

    test(
      'after sign-in on one pod every page works on the other',
      { tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1'] },
      async ({ app, fleet, newPerson, ledger }) => {
        const [a, b] = await twoPods(fleet, appName);
        await app.pinTo(a);
        await app.openSignedIn(await newPerson());
        await app.pinTo(b);

        for (const path of sessionApp[appName].pages) {
          await app.open(path);
          await expect(app.page.getByRole('alert')).toHaveCount(0);
        }
        const rows = await ledger.rows({ service: appName });
        expect(rows.filter(({ session, url }) => session !== '' && !url.includes('/auth/oidc/'))).toSpanPods(2);
      },
    );
  });
}
