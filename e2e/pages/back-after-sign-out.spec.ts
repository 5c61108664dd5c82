import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { browserOptions } from '../../fixtures/browser.ts';
import { App } from '../models/app.ts';

const appName = layerApp('operator');

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
        const page = await (await browser.newContext(contextOptions)).newPage();
        const app = new App(appName, { page, hosts: fleet.hosts, edge, clientId });
        const person = await newPerson();
        // Through its pages, because the browser keeps no page that it opened first.
        await app.signIn(person);
        await expect(page.locator('body'), 'the page while signed in').toContainText(person.email);
        await page.evaluate(() => {
          const { style } = document.documentElement;
          window.addEventListener('pageshow', () => sessionStorage.setItem('shown', style.visibility || 'visible'));
        });
        await app.signOut();
        // Goes back past Authentik's flow page, which navigates forward again. A browser's Back button skips that
        // page as well.
        await page.evaluate(() => history.go(-2));
        await expect(page, 'where Back leads').toHaveURL(`${app.origin}/sign-in`);
        await expect(page.locator('body'), 'what Back shows').not.toContainText(person.email);
        const shown = await page.evaluate(() => sessionStorage.getItem('shown'));
        expect(shown, 'the page from the cache').toBe(cache === 'with' ? 'hidden' : null);
      } finally {
        await browser.close();
      }
    },
  );
}
