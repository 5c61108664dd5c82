import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { twoPods } from '../claims/two-pods.ts';
import { expect, test } from '../index.ts';
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
      async ({ app, fleet, newPerson, ledger }) => {
        const [a, b] = await twoPods(fleet, appName);
        await app.pinTo(a);
        await app.openSignedIn(await newPerson());
        await app.pinTo(b);

        for (const path of sessionApp[appName].pages) {
          await app.open(path);
          await expect(app.page.getByRole('alert')).toHaveCount(0);
        }
        for (const path of sessionApp[appName].api) expect((await app.call(path)).status(), path).toBe(200);
        const rows = await ledger.rows({ service: appName });
        expect(rows.filter(({ session, url }) => session !== '' && !url.includes('/auth/oidc/'))).toSpanPods(2);
      },
    );
  });
}
