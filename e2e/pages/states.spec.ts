import type { Page } from '@playwright/test';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { hydrated, type App, loaded } from '../models/app.ts';
import { whileRedisHangs } from '../models/pods.ts';
import { sessionsBack, wholeFleet } from '../models/recovery.ts';
import { emptyPages } from '../models/copy.ts';

/** What a part of a page shows while it cannot be loaded. */
const absent = 'Not available right now';
const failure = { status: 502, json: { message: 'This cannot be loaded right now.' } };

// The browser logs each error response.
test.use({ expectedConsole: [/status of (?:404|502|503)/] });

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const { pages, api } = sessionApp[appName];

    test(
      'a page of which parts fail to load says so once, with a "Try again" that loads all of them',
      { tag: ['@try-again-does-nothing', '@outage-in-every-part'] },
      async ({ app, newPerson }) => {
        await openLastPage(app, await newPerson());
        const { page } = app;
        const main = page.getByRole('main');
        const alerts = main.getByRole('alert');
        for (const path of pages) {
          const refused: string[] = [];
          await page.route(isOneOf(api), (route) => {
            refused.push(new URL(route.request().url()).pathname);
            return route.fulfill(failure);
          });
          await follow(page, path);
          await loaded(page);
          const failed = [...new Set(refused)].toSorted();
          expect(refused.toSorted(), `requests of ${path}, which asks for each part once`).toEqual(failed);
          expect(failed.length, `API routes that ${path} asked`).toBeGreaterThan(0);
          await expect(alerts, `alerts of ${path} while ${failed.join(', ')} fail`).toHaveText([failure.json.message]);
          await page.unrouteAll();
          await main.getByRole('button', { name: 'Try again' }).click();
          await expect(alerts, `alerts of ${path} after "Try again"`).toHaveCount(0);
          await expect(main.getByText(absent), `parts of ${path} that failed, after "Try again"`).toHaveCount(0);
        }
      },
    );

    test(
      'a user without data sees an empty state, not an error, and can check again',
      { tag: ['@empty-state-shown-as-error'] },
      async ({ app, newPerson }) => {
        await openLastPage(app, await newPerson());
        const { page } = app;
        const main = page.getByRole('main');
        const routes = Object.entries(emptyPages[appName]);
        for (const path of pages) {
          const texts = routes.flatMap(([, { says }]) => says[path] ?? []);
          if (texts.length === 0) continue;
          for (const [route, { answer }] of routes)
            await page.route(isOneOf([route]), (asked) => asked.fulfill(answer));
          await follow(page, path);
          for (const text of texts) await expect(main, `what ${path} says of nothing`).toContainText(text);
          await expect(main.getByRole('alert'), `alerts on ${path} because of nothing`).toHaveCount(0);
          await page.unrouteAll();
          const checks = main.getByRole('button', { name: 'Check again' });
          for (let left = texts.length; left > 0; left -= 1) {
            await expect(checks, `empty parts of ${path}`).toHaveCount(left);
            await checks.first().click();
            await loaded(page);
          }
          await expect(checks, `empty parts of ${path} after "Check again"`).toHaveCount(0);
        }
      },
    );

    test.describe('without Redis', () => {
      test.use({ needs: ['kill', 'store'] });
      test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

      test('the error page of an outage has a "Try again" that leads back to the requested page', async ({
        app,
        fleet,
        newPerson,
      }) => {
        await app.startSession(await newPerson());
        const asked = pages[1];
        await whileRedisHangs(fleet, async () => void (await app.open(asked, { status: 503 })));
        const actions = await app.page.getByRole('main').getByRole('link').allInnerTexts();
        expect(actions, 'what the page of the outage offers').toEqual(['Try again', 'Go to the start page']);
        await sessionsBack(fleet, app);
        await app.page.getByRole('link', { name: 'Try again' }).click();
        await expect(app.signOutControl).toBeVisible();
        await expect(app.page, 'where "Try again" leads').toHaveURL(app.origin + asked);
      });
    });
  });
}

const isOneOf = (paths: readonly string[]) => {
  const known = new Set(paths);
  return (url: URL): boolean => known.has(url.pathname);
};

/**
 * Opens the last page, so that every other page, and then this one, is opened by a link and loads its data in the
 * browser.
 */
async function openLastPage(app: App, person: Parameters<App['startSession']>[0]): Promise<void> {
  await app.startSession(person);
  await app.open(sessionApp[app.name].pages.at(-1) ?? '/');
  await hydrated(app.page);
}

async function follow(page: Page, path: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).locator(`a[href="${path}"]`).click();
  await expect(page, 'the page').toHaveURL((url) => url.pathname === path);
}
