import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { publicPages } from '../contract.ts';

/** Regressions that every app can have, and those that only one of them can have. */
const shared = ['@error-page-names-dev-host', '@error-page-redirects-to-sign-in'];
const tagsOf: Partial<Record<AppName, string[]>> = {
  operator: ['@dev-end-session', '@operator-label-hard-coded'],
  portal: ['@portal-copy-hard-coded'],
};
/** A path without a page, so the app shows the error page. */
const noPage = '/no-such-page';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'no page names a host of another environment',
      { tag: [...shared, ...(tagsOf[appName] ?? [])] },
      async ({ app, fleet, edge, newPerson }) => {
        const before = await edge.cursor();
        const ours = new Set<string>(Object.values(fleet.hosts));
        const person = await newPerson();
        const expectOurHostsOn = async (path: string, when: string) => {
          await app.open(path, { status: path === noPage ? 404 : 200 });
          await expect(app.page).toNameOnlyHosts(ours, when);
        };

        for (const path of publicPages) await expectOurHostsOn(path, 'signed out');
        await app.startSession(person);
        for (const path of [...sessionApp[appName].pages, noPage]) await expectOurHostsOn(path, 'signed in');
        await expect(app.page.getByRole('heading', { name: 'This page does not exist' })).toBeVisible();
        await app.goto('/');
        await app.signOut();
        await expectOurHostsOn('/signed-out', 'just signed out');

        const rows = await edge.ledger({ after: before });
        // Rows without a client are the browser's own requests (autofill, updates), which no page caused.
        const asked = rows.filter((row) => row.client !== '');
        expect(asked.length, 'requests that the edge saw').toBeGreaterThan(0);
        const refused = asked.filter((row) => row.outcome === 'egress');
        expect(
          refused.map((row) => `${row.client}: ${row.url}`),
          'requests to hosts outside the fleet',
        ).toEqual([]);
      },
    );
  });
}
