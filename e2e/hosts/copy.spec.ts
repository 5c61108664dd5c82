import { appNames } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import type { PageCopy } from '../matchers/page-copy.ts';
import { copyFor } from '../models/copy.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'every label and link is present and names the right host',
      { tag: ['@signed-out-page-leads-nowhere', ...(appName === 'portal' ? ['@portal-hint-swapped'] : [])] },
      async ({ app, fleet, newPerson }) => {
        const { signedOut, signedIn } = copyFor(fleet.hosts)[appName];
        const look = async (copy: PageCopy) => {
          await app.goto(copy.path);
          await expect(app.page).toShowCopy(copy);
        };
        for (const copy of signedOut) await look(copy);
        await app.startSession(await newPerson());
        for (const copy of signedIn) await look(copy);
      },
    );
  });
}
