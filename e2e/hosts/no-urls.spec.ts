import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { developmentHosts, productionHosts } from '../../fleet/product/hosts.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../product/developer.ts';
import { publicPages } from '../contract.ts';
import type { PageCopy } from '../matchers/page-copy.ts';
import { copyFor } from '../models/copy.ts';
import { hostNamesOf } from '../models/host-names.ts';

test.use({ needs: ['variants'] });
// On one worker: each would start a fleet for them.
test.describe.configure({ mode: 'default' });

const productionNames = new Set<string>(Object.values(productionHosts));

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const { namesHosts } = sessionApp[appName];

    test(
      'without URL settings pages name the .local hosts, and sign-in uses them',
      { tag: ['@production-fallback'] },
      async ({ app, newPerson }) => {
        const seen = new Set<string>();
        const look = async (path: string) => {
          await app.open(path);
          for (const host of await hostNamesOf(app.page)) seen.add(host);
          const production = [...seen].filter((host) => productionNames.has(host));
          expect(production, `production hosts that the pages name, up to ${path}`).toEqual([]);
        };
        for (const path of publicPages) await look(path);
        // Checked without a mail address on the page, because the domain of an address may be the mail host as well.
        expect([...seen], 'hosts that the pages name').toEqual(
          expect.arrayContaining(['auth' as const, appName, ...namesHosts].map((host) => developmentHosts[host])),
        );
        await app.startSession(await newPerson());
        for (const path of sessionApp[appName].pages) await look(path);
      },
    );

    test(
      'without URL settings sign-out goes to the .local host of Authentik',
      { tag: ['@production-end-session'] },
      async ({ app, newPerson }) => {
        await app.openSignedIn(await newPerson());
        const hops = await app.signOut();
        expect(hops).toComeTo(`${httpsOf(developmentHosts.auth)}/application/o/${appName}/end-session/`);
      },
    );

    test(
      'without URL settings every label and link is present and names its .local host',
      { tag: ['@development-auth-host-wrong'] },
      async ({ app, newPerson }) => {
        const { signedOut, signedIn } = copyFor(developmentHosts)[appName];
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
