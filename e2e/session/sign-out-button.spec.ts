import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { shows } from '../requirements/requirements.ts';

const widths = { phone: 390, desktop: 1440 };

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'every page has the button that signs out, on a phone and on a desktop',
      { tag: ['@pages-without-sign-out'], annotation: shows('ASVS 7.4.4') },
      async ({ app, newPerson }) => {
        await app.startSession(await newPerson());
        for (const path of sessionApp[appName].pages) {
          await app.open(path);
          for (const [screen, width] of Object.entries(widths)) {
            await app.page.setViewportSize({ width, height: 900 });
            await expect(app.signOutControl, `the button on ${path}, on a ${screen}`).toBeInViewport();
          }
        }
      },
    );
  });
}
