import { AxeBuilder } from '@axe-core/playwright';
import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../fixtures/index.ts';
import { publicPages, type App } from '../models/app.ts';

/** Checks every rule in the light scheme. The dark scheme changes only colours, so only contrast is checked there. */
const checks = [
  { colorScheme: 'light', rulesFor: (axe: AxeBuilder) => axe },
  { colorScheme: 'dark', rulesFor: (axe: AxeBuilder) => axe.withRules(['color-contrast']) },
] as const;

async function expectNoViolations(app: App, path: string): Promise<void> {
  await app.open(path);
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

    test('axe finds no violation on any page, light or dark', async ({ app, newPerson }) => {
      for (const path of publicPages) await expectNoViolations(app, path);
      await app.startSession(await newPerson());
      for (const path of sessionApp[appName].pages) await expectNoViolations(app, path);
    });
  });
}
