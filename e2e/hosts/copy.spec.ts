import { appNames } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import type { PageCopy } from '../matchers/page-copy.ts';
import { hydrated } from '../models/app.ts';
import { copyFor, navigationName } from '../models/copy.ts';

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
      'labels and links name the configured hosts on every page that was reached under another name',
      { tag: ['@labels-from-location', ...(appName === 'portal' ? ['@webmail-link-from-location'] : [])] },
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
        const look = async ({ path, texts, links }: PageCopy) => {
          const toOthers = Object.entries(links).filter(([, target]) => !target.startsWith(`${app.origin}/`));
          await expect(app.page).toShowCopy({ path, texts, links: Object.fromEntries(toOthers) });
        };
        for (const copy of [...signedOut, ...signedIn]) {
          await app.page.goto(alias + copy.path);
          await hydrated(app.page);
          await look(copy);
        }
        // Scripts change no link of a document, but make those of a page that the navigation leads to.
        for (const copy of signedIn) {
          const name = navigationName(appName, copy.path);
          await app.page.getByRole('navigation').getByRole('link', { name }).click();
          await expect(app.page, `the address after a click on ${name}`).toHaveURL(alias + copy.path);
          await expect(app.page.getByTestId('page-lede')).toHaveText(copy.texts.lede ?? '');
          await look(copy);
        }
        // The page may still load scripts of other pages, which no server of that name has.
        await app.page.goto('about:blank');
        await app.context.unrouteAll({ behavior: 'ignoreErrors' });
      },
    );
  });
}
