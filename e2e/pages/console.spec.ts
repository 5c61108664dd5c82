import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { isOfServer, pageErrorLine } from '../fixtures/page-errors.ts';
import { publicPages } from '../contract.ts';

/** What Chromium has and Safari 17, also of every iPhone, has not (MDN, browser compatibility data). */
const ofChromium = {
  window: [
    'requestIdleCallback',
    'cancelIdleCallback',
    'scheduler',
    'navigation',
    'cookieStore',
    'documentPictureInPicture',
  ],
  navigator: ['userAgentData', 'connection', 'deviceMemory', 'keyboard', 'getBattery'],
};

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    // fixtures/page-errors.ts checks this for every test; this one visits every page of the app.
    test(
      'no page throws, logs an error or violates its CSP, opened directly or by a link, also without what Chromium alone has',
      { tag: ['@page-throws-in-browser', '@interface-that-safari-lacks'] },
      async ({ app, authentikServer, fleet, newPerson, pageErrors }) => {
        await app.context.addInitScript((lacking) => {
          for (const name of lacking.window) Reflect.deleteProperty(window, name);
          for (const name of lacking.navigator) Reflect.deleteProperty(Navigator.prototype, name);
        }, ofChromium);
        for (const path of publicPages) {
          await app.open(path);
        }
        await app.signIn(await newPerson());
        for (const path of sessionApp[appName].pages) {
          await app.open(path);
        }
        const links = app.page.getByRole('navigation', { name: 'Main' }).getByRole('link');
        await expect(links).toHaveCount(sessionApp[appName].pages.length);
        for (const link of await links.all()) {
          const target = `${app.origin}${await link.getAttribute('href')}`;
          await link.click();
          await expect(app.page).toHaveURL(target);
          await expect(app.page.getByRole('heading', { level: 1 })).toBeVisible();
        }
        const errors = pageErrors.take().filter((error) => !isOfServer(error, fleet, authentikServer));
        expect(errors.map(pageErrorLine), 'errors that pages wrote').toEqual([]);
      },
    );
  });
}

test(
  'the CSP blocks a foreign script, and errors are recorded in every page, including pop-ups and other browser contexts',
  { tag: ['@csp-allows-inline-scripts'] },
  async ({ app, newProfile, pageErrors }) => {
    await app.goto('/sign-in');
    const popUp = app.page.waitForEvent('popup');
    await app.page.evaluate(() => void window.open('/signed-out'));
    const other = await (await newProfile()).newPage();
    await other.goto(`${app.origin}/sign-in`);
    for (const [name, page] of Object.entries({ own: app.page, popUp: await popUp, other })) {
      await page.waitForLoadState();
      await page.evaluate((of) => {
        console.error(`written by ${of}`);
        setTimeout(() => {
          throw new TypeError(`thrown by ${of}`);
        });
        const inline = document.createElement('script');
        inline.textContent = `console.log('${of}')`;
        document.body.append(inline);
      }, name);
    }
    const heard: Array<{ text: string; page: string }> = [];
    const expected = ['own', 'popUp', 'other'].flatMap((name) => [
      `written by ${name}`,
      `TypeError: thrown by ${name}`,
    ]);
    await expect
      .poll(() => heard.push(...pageErrors.take()) && heard.map(({ text }) => text), {
        message: 'errors that were heard',
      })
      .toEqual(expect.arrayContaining(expected));
    const refused = heard.filter(({ text }) => text.includes('Content Security Policy'));
    expect(refused.map(({ page }) => page).toSorted(), 'pages whose inline script was refused').toEqual(
      [`${app.origin}/sign-in`, `${app.origin}/sign-in`, `${app.origin}/signed-out`].toSorted(),
    );
  },
);
