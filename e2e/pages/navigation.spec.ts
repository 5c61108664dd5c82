import type { Page } from '@playwright/test';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { hydrated, type App, loaded } from '../models/app.ts';
import { navigationName, pageData } from '../models/copy.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { chainMs } from '../claims/web-app.ts';

/** A page by its name in the app's navigation, and a text that can only come from its data. */
const linkTo = (app: AppName, path: string) => ({
  path,
  name: navigationName(app, path),
  shows: pageData[app][path] ?? (() => /./),
});

for (const appName of appNames) {
  test.describe(appName, () => {
    // Chromium logs an error when the session has ended.
    test.use({ appName, expectedConsole: [/status of 401 .*\/api\//] });
    const { api, pages } = sessionApp[appName];
    const [first, last] = [linkTo(appName, pages[1]), linkTo(appName, pages.at(-1) ?? '')];
    const left = `${last.path}?from=mail&part=2`;

    /** Opens a page with a query, and follows a link to another, so that Back returns to the first. */
    async function leaveLastPage(app: App): Promise<void> {
      await app.goto(left);
      await expect(heading(app.page)).toHaveText(last.name);
      await hydrated(app.page);
      await link(app.page, first.name).click();
      await expect(heading(app.page)).toHaveText(first.name);
    }

    test(
      'navigation links, Back, Forward and reload show the right page with its data',
      // Only operator has two lists.
      { tag: appName === 'operator' ? ['@page-data-mixed-up'] : [] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.openSignedIn(person);
        const { page } = app;
        // Before hydration a link loads a document.
        await hydrated(page);
        const documents: string[] = [];
        page.on('request', (request) => {
          if (request.isNavigationRequest()) documents.push(request.url());
        });
        const expectPage = async (is: typeof first | typeof last, how: string) => {
          await expect(page, `the address after ${how}`).toHaveURL(app.origin + is.path);
          await expect(heading(page), `the heading after ${how}`).toHaveText(is.name);
          await expect(page.getByRole('main'), `the data after ${how}`).toContainText(is.shows(person));
          await expect(page.getByRole('alert')).toHaveCount(0);
        };

        for (const is of [first, last]) {
          await link(page, is.name).click();
          await expectPage(is, `a click on ${is.name}`);
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
      'after a sign-out that the page did not hear of, the next click leads to sign-in and back, and shows no page in between',
      { tag: ['@route-guard-off', '@route-guard-forgets-page'] },
      async ({ app, fleet, newPerson }) => {
        const person = await newPerson();
        await app.openSignedIn(person);
        const headings = await headingsFromNowOn(app.page);
        await signOutByRequest(app);

        await link(app.page, last.name).click();
        await expect(app.page, 'where the click leads').toHaveURL(
          `${app.origin}/sign-in?${new URLSearchParams({ to: last.path })}`.replace('%2F', '/'),
        );
        await expect.poll(() => headings().at(-1), 'the last heading on the way').toMatch(/^Sign in to /);
        await expect(app.page.getByRole('alert')).toHaveCount(0);
        expect(headings(), 'headings on the way').not.toContain(last.name);

        await app.context.clearCookies({ domain: fleet.hosts.auth });
        await app.signInControl.click();
        await new AuthentikLogin(app.page).signIn(person);
        await expect(app.page, 'the page after signing in again').toHaveURL(app.origin + last.path, {
          timeout: chainMs,
        });
        await expect(heading(app.page)).toHaveText(last.name);
      },
    );

    test(
      'after the session has ended, Back leads to sign-in and shows no page in between',
      { tag: ['@route-guard-off'] },
      async ({ app, newPerson, sessionStore }) => {
        const person = await newPerson();
        const [session] = await sessionStore.sessionsAddedBy(() => app.openSignedIn(person));
        await leaveLastPage(app);
        // A page that is still loading its data redirects to the sign-in page by itself.
        await expect(app.page.getByRole('main')).toContainText(first.shows(person));
        await loaded(app.page);
        const headings = await headingsFromNowOn(app.page);
        await sessionStore.db(session?.db ?? 0).del(session?.key ?? '');

        // Not by goBack(), which fails when the app navigates elsewhere during it.
        await app.page.evaluate(() => history.back());
        await expect(app.page, 'where Back leads').toHaveURL(/\/sign-in\?failed=ended&to=/);
        expect(new URL(app.page.url()).searchParams.get('to'), 'the page to come back to').toBe(left);
        await expect.poll(() => headings().at(-1), 'the last heading on the way').toMatch(/^Sign in to /);
        expect(headings(), 'headings on the way').not.toContain(last.name);
      },
    );

    test.describe('without a network', () => {
      test.use({ expectedConsole: [/ERR_INTERNET_DISCONNECTED/] });

      test('a click shows the new page with an error, and "Try again" loads its data later', async ({
        app,
        newPerson,
      }) => {
        const person = await newPerson();
        await app.openSignedIn(person);
        const { page } = app;
        await hydrated(page);
        // The browser has the scripts of pages that it has shown.
        for (const is of [last, first]) {
          await link(page, is.name).click();
          await expect(heading(page)).toHaveText(is.name);
          await loaded(page);
        }
        await app.context.setOffline(true);
        await link(page, last.name).click();
        await expect(heading(page), 'the heading after a click without a network').toHaveText(last.name);
        const alerts = page.getByRole('main').getByRole('alert');
        await expect(alerts, 'what the page says').toHaveText(
          'This cannot be loaded right now. Please try again in a moment.',
        );
        await app.context.setOffline(false);
        await page.getByRole('main').getByRole('button', { name: 'Try again' }).click();
        await expect(alerts, 'alerts after "Try again"').toHaveCount(0);
        await expect(page.getByRole('main'), 'the data later').toContainText(last.shows(person));
      });
    });

    test.describe('with a section that failed to load', () => {
      test.use({ expectedConsole: [/status of (?:401|502) .*\/api\//] });

      test('after the session has ended, "Try again" leads to sign-in, which keeps the page and its query', async ({
        app,
        newPerson,
        sessionStore,
      }) => {
        const [session] = await sessionStore.sessionsAddedBy(async () => app.openSignedIn(await newPerson()));
        await leaveLastPage(app);
        await loaded(app.page);
        await app.page.route(
          ({ pathname }) => api.some((path) => path === pathname),
          (route) => route.fulfill({ status: 502, json: { message: 'This cannot be loaded right now.' } }),
        );
        await app.page.goBack();
        await expect(heading(app.page)).toHaveText(last.name);
        await loaded(app.page);
        await app.page.unrouteAll();
        await sessionStore.db(session?.db ?? 0).del(session?.key ?? '');

        await app.page.getByRole('main').getByRole('button', { name: 'Try again' }).click();
        await expect(app.page, 'where "Try again" leads').toHaveURL(/\/sign-in\?failed=ended&to=/);
        expect(new URL(app.page.url()).searchParams.get('to'), 'the page to come back to').toBe(left);
      });
    });
  });
}

const heading = (page: Page) => page.getByRole('main').getByRole('heading', { level: 1 });
const link = (page: Page, name: string) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });

/** Signs out without telling the open page. */
async function signOutByRequest({ context, origin }: App): Promise<void> {
  const options = { headers: { origin }, maxRedirects: 0 };
  const answer = await context.request.post(`${origin}/auth/oidc/logout`, options);
  expect(answer.status(), 'the answer to the sign-out').toBe(303);
}

/** Records every text of the page's first heading from now on, also in later documents. */
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
