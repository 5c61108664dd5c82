import { expect, test } from '../fixtures/index.ts';
import { appNames } from '../../apps/environment/apps.ts';
import { groupWords, profilePage } from '../models/copy.ts';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test('groups are named in words', { tag: ['@groups-as-identifiers'] }, async ({ app, newPerson }) => {
      const person = await newPerson();
      await app.startSession(person);
      await app.open(profilePage[appName]);
      const groups = app.page.locator('dl > div').filter({ has: app.page.getByText('Groups', { exact: true }) });
      await expect(groups.locator('dd'), 'groups of the person').toHaveText(groupWords(person.groups));
    });
  });
}

test(
  'quotas are in the unit that they are set in: 10 GiB is 10 GiB',
  { tag: ['@quota-in-another-unit'] },
  async ({ portal, newPerson }) => {
    await portal.startSession(await newPerson());
    await portal.open('/');
    const meter = portal.page.getByRole('meter', { name: 'Mailbox' });
    // The mailboxes of the fleet have a quota of 10 GiB: fixtures/upstreams/stalwart.ts.
    await expect(meter, 'how full the mailbox is').toHaveAttribute('aria-valuetext', /of 10 GiB used$/);
  },
);
