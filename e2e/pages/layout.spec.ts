import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { publicPages } from '../contract.ts';
import type { App } from '../models/app.ts';

const phone = { width: 390, height: 844 };
const desktop = { width: 1440, height: 900 };
/** CSS pixels, of WCAG 2.2 success criterion 2.5.8. */
const minTargetPx = 24;

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const { pages } = sessionApp[appName];

    test('on a phone every page shows who is signed in, and none is wider than the screen', async ({
      app,
      newPerson,
    }) => {
      const person = await newPerson();
      await app.page.setViewportSize(phone);
      const expectNarrow = async (path: string): Promise<void> => {
        await app.open(path);
        const width = await app.page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, `width of ${path}`).toBeLessThanOrEqual(phone.width);
      };
      for (const path of publicPages) await expectNarrow(path);
      await app.startSession(person);
      for (const path of pages) {
        await expectNarrow(path);
        const shown = app.page.getByRole('banner').getByText(person.name);
        await expect(shown, `who is signed in, on ${path}`).toBeInViewport();
      }
    });

    test('every link and button is large enough to tap', async ({ app, newPerson }) => {
      for (const path of publicPages) await expectLargeTargets(app, path);
      await app.startSession(await newPerson());
      for (const path of pages) await expectLargeTargets(app, path);
    });
  });
}

async function expectLargeTargets(app: App, path: string): Promise<void> {
  await app.open(path);
  for (const size of [phone, desktop]) {
    await app.page.setViewportSize(size);
    const targets = await app.page.locator('a:visible, button:visible').evaluateAll((found) =>
      found.map((element) => {
        const { width, height } = element.getBoundingClientRect();
        return { text: element.textContent?.trim() ?? '', width, height };
      }),
    );
    expect(targets.length, `links and buttons of ${path}`).toBeGreaterThan(0);
    const small = targets
      .filter(({ width, height }) => Math.min(width, height) < minTargetPx)
      .map(({ text, width, height }) => `${text}: ${width.toFixed(0)} x ${height.toFixed(0)} px`);
    expect(small, `links and buttons of ${path} that are too small at ${size.width} px`).toEqual([]);
  }
}
