import { appNames } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import type { PageCopy } from '../matchers/page-copy.ts';
import { hydrated } from '../models/app.ts';
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

    test(
      'labels name the configured hosts on a page that was reached under another name',
      { tag: ['@labels-from-location'] },
      async ({ app, fleet, newPerson }) => {
        const alias = `https://${appName}.under-another-name.example`;
        await app.startSession(await newPerson());
        const cookie = await app.cookieHeader();
        await app.context.route(`${alias}/**`, async (route) => {
          const request = route.request();
          const url = app.origin + request.url().slice(alias.length);
          await route.fulfill({ response: await route.fetch({ url, headers: { ...request.headers(), cookie } }) });
        });
        const { signedOut, signedIn } = copyFor(fleet.hosts)[appName];
        for (const copy of [signedOut[0], signedIn[0]]) {
          if (!copy) continue;
          await app.page.goto(alias + copy.path);
          await hydrated(app.page);
          await expect(app.page).toShowCopy({ ...copy, links: {} });
        }
        // The page may still load scripts of other pages, which no server of that name has.
        await app.page.goto('about:blank');
        await app.context.unrouteAll({ behavior: 'ignoreErrors' });
      },
    );
  });
}
