import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { crossPod } from '../claims/cross-pod.ts';
import { expect, test } from '../index.ts';
import { describedApp } from '../models/app.ts';
import { shows } from '../requirements/requirements.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'after sign-in on one pod every page and every API call works on the other',
      {
        tag: ['@memory-sessions', '@per-pod-session-secret', '@replicas-1'],
        annotation: shows('store load equal'),
      },
      async ({ app, fleet, ledger, newPerson }) => {
        const { onTheOtherPod } = crossPod(describedApp(appName));
        await onTheOtherPod({ app, fleet, ledger, newPerson }, async () => {
          for (const path of sessionApp[appName].pages) {
            await app.open(path);
            await expect(app.page.getByRole('alert')).toHaveCount(0);
          }
        });
      },
    );
  });
}
