import type { Page } from '@playwright/test';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { hydrated, type App } from '../models/app.ts';
import type { SessionKeys, StoredKey } from '../models/session-store.ts';

const hour = 60 * 60;

/** How a session ends that no page is told of, for each text that the sign-in page has for it. */
const idle = (seconds: number) => ({
  when: 'was not used for too long',
  failed: 'idle',
  says: 'because you were away for too long',
  lose: (store: SessionKeys, session: StoredKey) => store.age(session, seconds + hour),
});
const ended: ReturnType<typeof idle> = {
  when: 'has ended elsewhere',
  failed: 'ended',
  says: 'Your session has ended.',
  lose: async (store, { db, key }) => void (await store.db(db).del(key)),
};
for (const appName of appNames) {
  test.describe(appName, () => {
    // Chromium logs the request of a page that looks at a session which has ended.
    test.use({ appName, needs: ['store'], expectedConsole: [/status of 401 .*\/api\//] });
    const path = sessionApp[appName].pages[1];
    const idleAfter = [contract.idleSeconds[appName] ?? []].flat();
    const signInPage = (reason: string | null) => (url: URL) =>
      url.pathname === '/sign-in' && url.searchParams.get('to') === path && url.searchParams.get('failed') === reason;

    /** Another tab of the same browser with the page. */
    async function openTab(app: App): Promise<Page> {
      const tab = await app.context.newPage();
      await tab.goto(app.origin + path);
      await hydrated(tab);
      return tab;
    }

    test(
      'an open page leads to sign-in when the user signs out in another tab, and back to the page',
      { tag: ['@open-page-ignores-sign-out'] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.openSignedIn(person);
        const tab = await openTab(app);
        await hydrated(app.page);
        await app.signOut();
        await expect(tab, 'the open page after the sign-out in another tab').toHaveURL(signInPage(null));
        await expect(tab.getByRole('alert')).toHaveCount(0);
        await expect(tab.locator('body')).not.toContainText(person.email);
      },
    );

    test(
      'a sign-out that has begun goes on when the user signs out in another tab as well',
      { tag: ['@sign-out-cancelled-by-other-tab'] },
      async ({ app, newPerson }) => {
        await app.openSignedIn(await newPerson());
        const tab = await openTab(app);
        // A page that listens to no other tab.
        await app.page.goto(`${app.origin}/sign-out`);
        await hydrated(app.page);
        const both = Promise.withResolvers<void>();
        let begun = 0;
        await app.context.route('**/auth/oidc/logout', async (route) => {
          if (++begun === 2) both.resolve();
          await both.promise;
          await route.continue();
        });
        const posted = tab.waitForRequest('**/auth/oidc/logout');
        await tab.getByRole('button', { name: 'Sign out' }).click({ noWaitAfter: true });
        const answer = (await posted).response();
        await app.signOut();
        expect((await answer)?.status(), 'answer to the sign-out that began first').toBe(303);
      },
    );

    for (const { when, failed, says, lose } of [ended, ...idleAfter.map(idle)])
      test(
        `a page that becomes visible leads to sign-in, which says why, when its session ${when}`,
        { tag: ['@open-page-not-checked-when-visible', '@open-page-not-told-why'] },
        async ({ app, newPerson, sessionStore }) => {
          const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
          const tab = await openTab(app);
          await lose(sessionStore, session);
          // A browser without windows never hides a page.
          await tab.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
          await expect(tab, 'the page after it became visible').toHaveURL(signInPage(failed));
          await expect(tab.getByRole('alert'), 'what the sign-in page says').toContainText(says);
        },
      );

    const limit = (contract.idleSeconds[appName] ?? contract.lifetimeSeconds) / hour;

    test(
      `an open page leads to sign-in after ${limit} hours without input in any tab, and asks for nothing until then`,
      { tag: ['@open-page-ignores-idle', '@open-page-idle-in-each-tab', '@open-page-keeps-session-alive'] },
      async ({ app, newPerson }) => {
        await app.startSession(await newPerson());
        const { clock } = app.context;
        await clock.install();
        const tabs = [await openTab(app), await openTab(app)] as const;
        const requests: string[] = [];
        for (const tab of tabs)
          tab.on('request', (request) => request.url().includes('/_nuxt/') || requests.push(request.url()));
        const hours = (count: number) => clock.fastForward(count * hour * 1000);

        await hours(limit - 1);
        await tabs[0].keyboard.press('Shift');
        await hours(limit - 1);
        // Time for what the tabs request.
        await app.open('/signed-out');
        expect(requests, 'requests of pages without input').toEqual([]);
        await hours(2);
        for (const tab of tabs) {
          await expect(tab, `a tab ${limit + 1} hours after an input`).toHaveURL(signInPage('idle'));
          await expect(tab.getByRole('alert')).toContainText('because you were away for too long');
        }
      },
    );

    test(
      'an input that comes too late shows the sign-in page, not the data',
      { tag: ['@open-page-used-again-after-idle'] },
      async ({ app, newPerson }) => {
        await app.startSession(await newPerson());
        await app.context.clock.install();
        const tab = await openTab(app);
        // As on a computer that has slept: no timer of the page has run.
        await app.context.clock.setFixedTime(Date.now() + (limit + 1) * hour * 1000);
        await tab.keyboard.press('Shift');
        await expect(tab, `the page after an input ${limit + 1} hours later`).toHaveURL(signInPage('idle'));
      },
    );
  });
}

test.describe(() => {
  const appName = layerApp('portal');
  test.use({ appName });

  test(
    'a tab that stays open for days loads a page at a click, which renews the cookie',
    { tag: ['@open-tab-never-loads-a-page'] },
    async ({ app, newPerson }) => {
      const [first, second] = sessionApp[appName].pages;
      await app.startSession(await newPerson());
      await app.context.clock.install();
      await app.open(first);
      const documents: string[] = [];
      app.page.on('request', (request) => request.isNavigationRequest() && documents.push(request.url()));
      const follow = async (path: string) => {
        await app.page.locator(`nav a[href="${path}"]`).click();
        await expect(app.page).toHaveURL(app.origin + path);
        await expect(app.page.locator(`nav a[href="${path}"]`)).toHaveAttribute('aria-current', 'page');
      };
      await follow(second);
      await app.context.clock.fastForward(25 * hour * 1000);
      await follow(first);
      expect(documents, 'documents that two clicks loaded, the second a day after the first').toEqual([
        `${app.origin}${first}`,
      ]);
    },
  );
});
