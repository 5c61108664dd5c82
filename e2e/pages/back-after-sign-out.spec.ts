import type { Page } from '@playwright/test';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { App } from '../models/app.ts';
import type { Person } from '../../fixtures/person.ts';

const appName = layerApp('operator');

/** Whether Back shows a page from the back/forward cache, by Chromium's DevTools protocol, else why it did not. */
async function useOfTheCache(page: Page) {
  const use = { restored: false, whyNot: [] as string[] };
  const browser = await page.context().newCDPSession(page);
  browser.on('Page.frameNavigated', ({ type }) => (use.restored ||= type === 'BackForwardCacheRestore'));
  browser.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) => {
    use.whyNot.push(...notRestoredExplanations.map(({ reason }) => reason));
  });
  await browser.send('Page.enable');
  return use;
}

/** @returns visibility of the page from the cache, `null` without one. */
async function backAfterSignOut(app: App, person: Person): Promise<string | null> {
  const { page } = app;
  // Through its pages, because the browser keeps no page that it opened first.
  await app.signIn(person);
  await expect(page.locator('body'), 'the page while signed in').toContainText(person.email);
  await page.evaluate(() => {
    const { style } = document.documentElement;
    // The page may still be loading, and that ends with the same event.
    window.addEventListener('pageshow', ({ persisted }) => {
      if (persisted) sessionStorage.setItem('shown', style.visibility || 'visible');
    });
  });
  await app.signOut();
  // Goes back past Authentik's flow page, which navigates forward again. A browser's Back button skips that page as well.
  await page.evaluate(() => history.go(-2));
  await expect(page, 'where Back leads').toHaveURL(`${app.origin}/sign-in`);
  await expect(page.locator('body'), 'what Back shows').not.toContainText(person.email);
  return page.evaluate(() => sessionStorage.getItem('shown'));
}

// Chromium logs the request of a page from its cache, which looks at the session.
test.use({ expectedConsole: [/status of 401 .*\/api\//] });

for (const [cache, regression] of [
  ['with', '@back-forward-cache-not-checked'],
  ['without', '@responses-cacheable'],
] as const) {
  test(
    `Back after sign-out leads to sign-in and shows no user data, ${cache} a back/forward cache`,
    { tag: [regression] },
    async ({ playwright, launchOptions, contextOptions, fleet, edge, clientId, newPerson, prepareBrowser }) => {
      // Playwright disables that cache by default; real browsers use it.
      const ignoreDefaultArgs = cache === 'with' ? ['--disable-back-forward-cache'] : [];
      const whole = browserOptions({ whole: true });
      const browser = await playwright.chromium.launch({ ...launchOptions, ...whole, ignoreDefaultArgs });
      prepareBrowser(browser);
      try {
        const unused: string[] = [];
        // A browser may drop a page from its cache at any time, and says why.
        const visits = cache === 'with' ? 3 : 1;
        while (unused.length < visits) {
          const page = await (await browser.newContext(contextOptions)).newPage();
          const app = new App(appName, { page, hosts: fleet.hosts, edge, clientId });
          const use = await useOfTheCache(page);
          const shown = await backAfterSignOut(app, await newPerson());
          if (shown) {
            expect(shown, 'the page from the cache').toBe(cache === 'with' ? 'hidden' : null);
            return;
          }
          unused.push(use.restored ? 'reloaded before it was seen' : use.whyNot.join(' and '));
        }
        expect(unused.length, `visits without the cache: ${unused.join('; ')}`).toBeLessThan(3);
      } finally {
        await browser.close();
      }
    },
  );
}
