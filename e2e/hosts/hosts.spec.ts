import { expect, test } from '../fixtures/index.ts';
import { catalogue, publicPages } from '../models/app.ts';
import { hostNamesOf } from '../models/host-names.ts';

/** Regressions that only one of the apps can show. */
const tags = {
  operator: ['@dev-end-session', '@operator-label-hard-coded'],
  portal: ['@portal-copy-hard-coded'],
};

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'no page names a host that is not of this environment',
      { tag: tags[appName] },
      async ({ app, fleet, edge, newPerson }) => {
        const before = await edge.cursor();
        const ours = new Set<string>(Object.values(fleet.hosts));
        const person = await newPerson();
        const expectOurHostsOn = async (path: string, when: string) => {
          await app.goto(path);
          const strangers = (await hostNamesOf(app.page)).filter((host) => !ours.has(host));
          expect(strangers, `hosts on ${path}, ${when}, that are not in hosts.ts`).toEqual([]);
        };

        for (const path of publicPages) await expectOurHostsOn(path, 'signed out');
        await app.signIn(person);
        for (const path of catalogue[appName].pages) await expectOurHostsOn(path, 'signed in');
        await app.goto('/');
        await app.signOut();
        await expectOurHostsOn('/signed-out', 'just signed out');

        const { rows } = await edge.ledger({ after: before });
        // Rows without a client are the browser's own chatter (autofill, updates), which no page asked for.
        const refused = rows.filter((row) => row.outcome === 'egress' && row.client !== '');
        expect(
          refused.map((row) => `${row.client}: ${row.url}`),
          'requests to hosts outside the fleet',
        ).toEqual([]);
      },
    );
  });
}
