import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../fixtures/index.ts';
import { catalogue, publicPages } from '../models/app.ts';

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'axe finds nothing on any page, light and dark',
      { tag: ['@unlabelled-navigation'] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        const expectNoViolations = async (path: string) => {
          await app.goto(path);
          for (const colorScheme of ['light', 'dark'] as const) {
            await app.page.emulateMedia({ colorScheme });
            const { violations } = await new AxeBuilder({ page: app.page }).analyze();
            const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
            expect(found, `axe violations on ${path}, ${colorScheme}`).toEqual([]);
          }
        };
        for (const path of publicPages) await expectNoViolations(path);
        await app.signIn(person);
        for (const path of catalogue[appName].pages) await expectNoViolations(path);
      },
    );
  });
}
