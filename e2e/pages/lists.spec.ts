import { sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';

test('operator shows users by the page of 50, and finds one by a search', async ({ operator, newPerson }) => {
  const [person] = await Promise.all(Array.from({ length: 51 }, () => newPerson()));
  await operator.startSession(person!);
  await operator.open('/users');
  const { page } = operator;
  const rows = page.getByRole('table').locator('tbody tr');
  await expect(rows, 'users on the first page').toHaveCount(50);
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await expect(pages.getByRole('link'), 'links to other pages').toHaveText(['Next']);
  const first = await rows.first().innerText();
  await pages.getByRole('link', { name: 'Next' }).click();
  await expect(page, 'where "Next" leads').toHaveURL(/[?&]page=2(?:&|$)/);
  await expect(pages, 'which page it is').toContainText('Page 2 of');
  await expect(rows.first(), 'the first user of the second page').not.toHaveText(first);

  await page.getByRole('searchbox', { name: 'Search users' }).fill(person!.username);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(rows, 'users that were found').toHaveCount(1);
  await expect(rows.first(), 'the user that was found').toContainText(person!.email);
  await expect(pages, 'links to pages of one user').toHaveCount(0);
  await expect(page.getByRole('searchbox', { name: 'Search users' })).toHaveValue(person!.username);

  await page.getByRole('searchbox', { name: 'Search users' }).fill('nobody at all');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('main'), 'what a search without result says').toContainText('No users match');
});

test(
  'the list of users says who is deactivated',
  { tag: ['@status-by-last-sign-in'] },
  async ({ authentikAdmin, newHttpSession, newPerson, operator }) => {
    const [viewer, person, newcomer] = [await newPerson(), await newPerson(), await newPerson()];
    await newHttpSession('operator', person);
    await authentikAdmin.deactivate(person);
    await operator.startSession(viewer);
    for (const [{ username }, status] of [
      [person, 'Deactivated'],
      [newcomer, 'Active'],
    ] as const) {
      await operator.open(`/users?search=${username}`);
      const row = operator.page.getByRole('table').locator('tbody tr');
      await expect(row, `the account ${username}`).toContainText(status);
    }
  },
);

test(
  'a page beyond the end of a list says so, and leads to the first page',
  { tag: ['@list-ends-as-empty'] },
  async ({ operator, newPerson }) => {
    await operator.startSession(await newPerson());
    await operator.open('/users?page=99');
    const main = operator.page.getByRole('main');
    await expect(main, 'what a page beyond the end says').toContainText('There is no page 99 of users.');
    await main.getByRole('link', { name: 'First page' }).click();
    await expect(main.getByRole('table').locator('tbody tr').first(), 'a user of the first page').toBeVisible();
  },
);

test.describe('counts', () => {
  test.use({ needs: ['authentik-control'] });

  test('the dashboard counts users without reading them, once in a while', async ({
    authentik,
    operator,
    newPerson,
  }) => {
    await operator.startSession(await newPerson());
    const { next: after } = await authentik.requests();
    for (let call = 0; call < 10; call += 1) expect((await operator.call('/api/user-counts')).status()).toBe(200);
    const { requests } = await authentik.requests({ after });
    const lists = requests.filter(({ path }) => path.startsWith('/api/v3/core/users/'));
    expect(lists.length, 'requests for users, of two pods that count three times').toBeLessThanOrEqual(6);
  });
});

test(
  'what others have entered is text on every page, never markup',
  { tag: ['@names-are-markup'] },
  async ({ apps, newPerson }) => {
    const name = '<i data-markup>Anna</i> & <img data-markup src=/none>';
    const person = await newPerson(undefined, { name });
    for (const app of apps) {
      await app.startSession(person);
      const pages = sessionApp[app.name].pages.map((path) =>
        path === '/users' ? `/users?search=${person.username}` : path,
      );
      for (const path of pages) {
        await app.open(path);
        await expect(app.page.locator('[data-markup]'), `elements of a name, at ${path} of ${app.name}`).toHaveCount(0);
        await expect(app.page.locator('body'), `${path} of ${app.name}`).toContainText(name);
      }
    }
  },
);
