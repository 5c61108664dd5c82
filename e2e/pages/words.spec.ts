import { expect, test } from '../index.ts';
import { appNames } from '../../apps/environment/apps.ts';
import { hydrated } from '../models/app.ts';
import { groupWords, profilePage } from '../models/copy.ts';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'] as const;

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'what a page says of the user is what Authentik has of that user',
      { tag: appName === 'portal' ? '@username-shown-as-email' : [] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.startSession(person);
        const expected = new Map([
          ['Name', person.name],
          ['User name', person.username],
          ['Email', person.email],
        ]);
        for (const path of new Set(['/', profilePage[appName]])) {
          await app.open(path);
          const facts = app.page.locator('dl > div').filter({ hasText: /^(?:Name|User name|Email)/ });
          await expect(facts, `facts at ${path}`).not.toHaveCount(0);
          for (const fact of await facts.all())
            await expect(fact.locator('dd'), `a fact at ${path}`).toHaveText(
              expected.get(await fact.locator('dt').innerText()) ?? 'no known fact',
            );
        }
      },
    );

    test('groups have readable names', async ({ app, newPerson }) => {
      const person = await newPerson();
      await app.startSession(person);
      await app.open(profilePage[appName]);
      const groups = app.page.locator('dl > div').filter({ has: app.page.getByText('Groups', { exact: true }) });
      await expect(groups.locator('dd'), 'groups of the person').toHaveText(groupWords(person.groups));
    });
  });
}

test('times are shown in UTC in every time zone', async ({ browser, contextOptions, operator, newPerson }) => {
  await operator.startSession(await newPerson());
  const { users } = (await (await operator.call('/api/users')).json()) as {
    users: Array<{ lastLogin: string | null }>;
  };
  const last = users.map(({ lastLogin }) => lastLogin).find((time) => time !== null) ?? '';
  const storageState = await operator.context.storageState();
  // In the middle of a day here it is another day there.
  for (const timezoneId of ['Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
    await using context = await browser.newContext({ ...contextOptions, storageState, timezoneId });
    const page = await context.newPage();
    await page.goto(`${operator.origin}/users`);
    await hydrated(page);
    const [date = '', time = ''] = last.split(/[T.]/);
    await expect(page.locator(`time[datetime="${last}"]`).first(), `a time in ${timezoneId}`).toHaveText(
      `${Number(date.slice(8))} ${months[Number(date.slice(5, 7)) - 1]} ${date.slice(0, 4)}, ${time.slice(0, 5)} UTC`,
    );
  }
});

test(
  'quotas are shown in the unit they are set in: 10 GiB is 10 GiB',
  { tag: ['@quota-is-what-is-used'] },
  async ({ portal, newPerson }) => {
    await portal.startSession(await newPerson());
    await portal.open('/');
    // The quotas of the fleet: fixtures/upstreams.
    for (const [name, quota] of Object.entries({ Mailbox: '10 GiB', Files: '50 GiB' }))
      await expect(portal.page.getByRole('meter', { name }), `how full ${name} is`).toHaveAttribute(
        'aria-valuetext',
        new RegExp(`of ${quota} used$`),
      );
  },
);
