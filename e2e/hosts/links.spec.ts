import type { Locator } from '@playwright/test';
import { expect, test } from '../index.ts';
import { httpsOf } from '../../fleet/hosts.ts';

/** The target of a link, as the browser resolves it. */
const targetOf = (link: Locator): Promise<string> => link.evaluate((anchor: HTMLAnchorElement) => anchor.href);

test(
  'operator links to the user in the admin interface of Authentik',
  { tag: ['@admin-link-broken'] },
  async ({ operator, fleet, newPerson }) => {
    const person = await newPerson();
    await operator.startSession(person);
    const answer = await operator.call(`/api/users?search=${person.username}`);
    expect(answer.status(), 'GET /api/users').toBe(200);
    const { users } = (await answer.json()) as { users: Array<{ pk: number; username: string }> };
    const pk = users.find(({ username }) => username === person.username)?.pk;
    expect(pk, `pk of ${person.username} in GET /api/users`).toBeDefined();

    await operator.open(`/users?search=${person.username}`);
    const link = operator.page.getByRole('link', { name: `Manage ${person.name} in Authentik` });
    expect(await targetOf(link), '"Manage" of the signed-in person leads to').toBe(
      `${httpsOf(fleet.hosts.auth)}/if/admin/#/identity/users/${pk}`,
    );
  },
);

for (const path of ['/', '/webmail'] as const) {
  test(`portal opens webmail from ${path}`, { tag: ['@webmail-link-broken'] }, async ({ portal, fleet, newPerson }) => {
    await portal.startSession(await newPerson());
    await portal.open(path);
    const link = portal.page.getByRole('link', { name: 'Open webmail' });
    expect(await targetOf(link), '"Open webmail" leads to').toBe(`${httpsOf(fleet.hosts.mail)}/`);
  });
}
