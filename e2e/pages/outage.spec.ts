import { appNames, type AppName } from '../../apps/environment/apps.ts';
import { expect, test } from '../fixtures/index.ts';
import { groupWords, profilePage } from '../models/copy.ts';
import { twoPods } from '../models/pods.ts';
import { recovery } from '../models/recovery.ts';

/** Regressions in an app's own pages. */
const ownTags: Partial<Record<AppName, string[]>> = {
  operator: ['@name-missing-in-outage'],
  portal: ['@name-missing-in-outage'],
};
const sentence = 'This cannot be loaded right now. Please try again in a moment.';

test.setTimeout(60_000);

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName, needs: ['scale'] });

    test(
      'while platform-api is away a page says so in plain words, knows who is signed in, and comes back by "Try again"',
      { tag: ['@people-read-of-the-platform-api', '@try-again-does-nothing', ...(ownTags[appName] ?? [])] },
      async ({ app, fleet, newPerson }) => {
        const person = await newPerson();
        await app.startSession(person);
        const { length: replicas } = await twoPods(fleet, 'platform-api');
        await fleet.scale('platform-api', 0);
        try {
          expect((await app.call('/api/me')).status(), 'GET /api/me during the outage').toBe(502);
          await app.goto(profilePage[appName]);
          await expect(app.page, 'where the page is during the outage').toHaveURL(app.origin + profilePage[appName]);
          const alerts = new Set(await app.page.getByRole('alert').allInnerTexts());
          expect(alerts, 'what the page says during the outage').toEqual(new Set([sentence]));
          const email = app.page.locator('dl > div').filter({ has: app.page.getByText('Email', { exact: true }) });
          await expect(email.locator('dd'), 'email that the page shows during the outage').toHaveText(person.email);
        } finally {
          await fleet.scale('platform-api', replicas);
        }

        await recovery(() => app.call('/api/me'), { of: 'the API after the outage', allowed: ['502 app'] });
        const alerts = app.page.getByRole('alert');
        for (let left = await alerts.count(); left > 0; left -= 1) {
          await app.page.getByRole('button', { name: 'Try again' }).first().click();
          await expect(alerts, 'alerts after "Try again"').toHaveCount(left - 1);
        }
        await expect(app.page.locator('dl'), 'what "Try again" brought').toContainText([
          /./,
          groupWords(person.groups),
        ]);
      },
    );
  });
}
