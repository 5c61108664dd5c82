import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../fixtures/index.ts';
import { nextBuildMark, nextBuild } from '../models/next-build.ts';
import { precondition } from '../models/precondition.ts';
import { thenUndo } from '../models/then-undo.ts';

test.use({
  needs: ['rollout', 'builds', 'store'],
  // A missing chunk of the old build. It must be one pattern, because Playwright reads an array of two as a value and
  // its options.
  expectedConsole: [/status of 404.*\/_nuxt\/.* on |Failed to fetch dynamically imported module/],
});
// Two rollouts, and a build the first time.
test.setTimeout(180_000);

/** A browser without prefetching: the chunks of a page are requested only when its link is followed. */
const savesData = `Object.defineProperty(navigator, 'connection', { value: { saveData: true } })`;

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });
    const page = sessionApp[appName].pages[1];

    test(
      'an update and a rollback: each build accepts the sessions and the open pages of the other',
      { tag: ['@sessions-per-build', '@chunk-errors-ignored'] },
      async ({ app, fleet, newPerson, newProfile, steadyTraffic, ledger }) => {
        const before = (await fleet.pods(appName))[0]?.revision ?? '';
        await app.page.addInitScript({ content: savesData });
        await app.openSignedIn(await newPerson());
        const url = `${app.origin}/api/me`;
        const traffic = steadyTraffic({ url, cookie: await app.cookieHeader(), rate: 25, connection: 'close' });
        await traffic.more(10);
        await thenUndo(
          async () => {
            await fleet.rollout(appName, { sources: [nextBuild], revision: 'next' });
            // The page belongs to the old build, and no pod has the chunks that it now needs.
            await app.page.getByRole('navigation', { name: 'Main' }).locator(`a[href="${page}"]`).click();
            await expect(app.page, 'where the link of the old build leads').toHaveURL(app.origin + page);
            await expect(app.page.locator(`.${nextBuildMark}`), 'the page of the new build').toBeVisible();

            const another = await app.inProfile(await newProfile());
            await another.startSession(await newPerson());
            const cookie = await another.cookieHeader();
            const second = steadyTraffic({ url, cookie, rate: 25, connection: 'close' });
            await second.more(10);
            await fleet.rollout(appName, { sources: [], revision: before });
            await second.more(25);
            expect(await second.stop(), 'the session that the new build opened').toAllSucceed();
            await another.open(page);
            precondition(
              (await another.page.locator(`.${nextBuildMark}`).count()) === 0,
              'the new build still serves pages',
            );
          },
          async () => {
            if ((await fleet.pods(appName)).some(({ revision }) => revision !== before))
              await fleet.rollout(appName, { sources: [], revision: before });
          },
        );
        const samples = await traffic.stop();
        expect(samples, 'the session that the old build opened').toAllSucceed();
        expect(new Set(samples.map(({ revision }) => revision)), 'builds that answered').toEqual(
          new Set([before, 'next']),
        );
        expect(await ledger.rows({ service: appName, path: '/auth/oidc/login' }), 'sign-ins').toHaveLength(2);
      },
    );
  });
}
