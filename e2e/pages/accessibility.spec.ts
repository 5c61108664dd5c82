import { AxeBuilder } from '@axe-core/playwright';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { publicPages } from '../contract.ts';
import type { App } from '../models/app.ts';

/** Checks every rule in the light scheme. The dark scheme changes only colours, so only contrast is checked there. */
const checks = [
  { colorScheme: 'light', rulesFor: (axe: AxeBuilder) => axe },
  { colorScheme: 'dark', rulesFor: (axe: AxeBuilder) => axe.withRules(['color-contrast']) },
] as const;

const phone = { width: 390, height: 844 };
const desktop = { width: 1440, height: 900 };

async function expectNoViolations(app: App, path: string, status = 200): Promise<void> {
  const html = await app.open(path, { status });
  // Screen readers announce an alert that appears, and none that the document has from the start.
  expect(html.includes('role="alert"'), `whether the document of ${path} has an alert`).toBe(false);
  for (const { colorScheme, rulesFor } of checks) {
    // Without animations: a colour measured during a transition is wrong.
    await app.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // A page without frames needs no blank page for the results, as Axe opens otherwise.
    const { violations, passes } = await rulesFor(new AxeBuilder({ page: app.page }).setLegacyMode()).analyze();
    expect(passes.length, `rules that axe applied to ${path}, ${colorScheme}`).toBeGreaterThan(0);
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    expect(found, `axe violations on ${path}, ${colorScheme}`).toEqual([]);
  }
}

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'axe finds no violation on any page, light or dark',
      { tag: ['@alert-in-first-document'] },
      async ({ app, newPerson }) => {
        const withAlert = '/sign-in?failed=idle';
        for (const path of [...publicPages, withAlert, '/signed-out?unfinished']) await expectNoViolations(app, path);
        await app.page.setViewportSize(phone);
        await expectNoViolations(app, withAlert);
        await expect(app.page.getByRole('alert'), 'the alert in the browser').toBeVisible();
        await app.startSession(await newPerson());
        await expectNoViolations(app, '/no-such-page', 404);
        await app.page.setViewportSize(desktop);
        await expectNoViolations(app, '/no-such-page', 404);
        for (const path of sessionApp[appName].pages) await expectNoViolations(app, path);
      },
    );
  });
}
