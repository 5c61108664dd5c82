import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/index.ts';
import { hydrated, type App } from '../models/app.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';
import type { Person } from '../../fixtures/people.ts';

/** The pages of an app as its own navigation names them, and a text that only their data can bring. */
const links = {
  operator: [
    { link: 'Tenants', path: '/tenants', heading: 'Tenants', shows: () => /\d+ in total/ },
    { link: 'Users', path: '/users', heading: 'Users', shows: ({ email }: Person) => email },
  ],
  portal: [
    { link: 'Webmail', path: '/webmail', heading: 'Webmail', shows: ({ username }: Person) => `${username}@` },
    { link: 'Profile', path: '/profile', heading: 'Profile', shows: ({ email }: Person) => email },
  ],
} as const;

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    // Chromium logs an error that the session has ended.
    test.use({ appName, expectedConsole: [/status of 401 .*\/api\//] });
    const [first, last] = links[appName];

    test(
      'links of the navigation, Back, Forward and reload show the page that they name, with its data',
      // Only operator has two pages of the same kind.
      { tag: [...(appName === 'operator' ? ['@page-data-mixed-up'] : []), '@route-guard-turns-away'] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.signIn(person);
        const { page } = app;
        // Before hydration a link loads a document.
        await hydrated(page);
        const documents: string[] = [];
        page.on('request', (request) => {
          if (request.isNavigationRequest()) documents.push(request.url());
        });
        const expectPage = async (is: typeof first | typeof last, how: string) => {
          await expect(page, `the address after ${how}`).toHaveURL(app.origin + is.path);
          await expect(heading(page), `the heading after ${how}`).toHaveText(is.heading);
          await expect(page.getByRole('main'), `the data after ${how}`).toContainText(is.shows(person));
          await expect(page.getByRole('alert')).toHaveCount(0);
        };

        for (const is of [first, last]) {
          await link(page, is.link).click();
          await expectPage(is, `a click on ${is.link}`);
        }
        await page.goBack();
        await expectPage(first, 'Back');
        await page.goForward();
        await expectPage(last, 'Forward');
        expect(documents, 'documents that were loaded for that').toEqual([]);
        await page.reload();
        await expectPage(last, 'a reload');
      },
    );

    test(
      'after a sign-out in another tab the next click leads to sign-in and back, and no page shows up in between',
      { tag: ['@route-guard-off', '@route-guard-forgets-page'] },
      async ({ app, fleet, newPerson }) => {
        const person = await newPerson();
        await app.signIn(person);
        const headings = await headingsFromNowOn(app.page);
        await signOutInAnotherTab(app);

        await link(app.page, last.link).click();
        await expect(app.page, 'where the click leads').toHaveURL(
          `${app.origin}/sign-in?${new URLSearchParams({ to: last.path })}`.replace('%2F', '/'),
        );
        await expect(app.page.getByRole('alert')).toHaveCount(0);
        expect(headings().at(-1), 'the last heading on the way').toMatch(/^Sign in to /);
        expect(headings(), 'headings on the way').not.toContain(last.heading);

        await app.context.clearCookies({ domain: fleet.hosts.auth });
        await app.signInControl.click();
        await new AuthentikLogin(app.page).signIn(person);
        await expect(app.page, 'the page after signing in again').toHaveURL(app.origin + last.path);
        await expect(heading(app.page)).toHaveText(last.heading);
      },
    );

    test(
      'when the session has run out, Back leads to sign-in and shows no page in between',
      { tag: ['@route-guard-off'] },
      async ({ app, newPerson, sessionStore }) => {
        const [session] = await sessionStore.addedBy(async () => app.signIn(await newPerson()));
        await link(app.page, last.link).click();
        await expect(heading(app.page)).toHaveText(last.heading);
        await link(app.page, first.link).click();
        await expect(heading(app.page)).toHaveText(first.heading);
        const headings = await headingsFromNowOn(app.page);
        await sessionStore.db(session?.db ?? 0).del(session?.key ?? '');

        // Not by goBack(), which fails when the app leads elsewhere in the middle of it.
        await app.page.evaluate(() => history.back());
        await expect(app.page, 'where Back leads').toHaveURL(/\/sign-in\?to=/);
        expect(headings().at(-1), 'the last heading on the way').toMatch(/^Sign in to /);
        expect(headings(), 'headings on the way').not.toContain(last.heading);
      },
    );
  });
}

const heading = (page: Page) => page.getByRole('main').getByRole('heading', { level: 1 });
const link = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

async function signOutInAnotherTab(app: App): Promise<void> {
  const tab = await app.context.newPage();
  await tab.goto(`${app.origin}/`);
  await tab.getByRole('button', { name: 'Sign out' }).click();
  await expect(tab, 'the other tab').toHaveURL(`${app.origin}/signed-out`);
  await tab.close();
}

/** Every text that the page's first heading takes from now on, over all documents to come. */
async function headingsFromNowOn(page: Page): Promise<() => string[]> {
  const seen: string[] = [];
  await page.exposeFunction('headingSeen', (text: string) => seen.push(text));
  const watch = () => {
    const record = () => {
      const text = document.querySelector('main h1')?.textContent;
      if (text) void (window as unknown as { headingSeen: (text: string) => void }).headingSeen(text);
    };
    new MutationObserver(record).observe(document, { subtree: true, childList: true, characterData: true });
    record();
  };
  await page.addInitScript(watch);
  await page.evaluate(watch);
  return () => seen;
}
