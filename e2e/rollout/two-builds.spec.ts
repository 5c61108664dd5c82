import { sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { deadline } from '../deadline.ts';
import { hydrated, type App } from '../models/app.ts';
import { nextBuild, nextBuildApp, nextBuildMark } from '../models/next-build.ts';
import { rolloutWithPause } from '../models/pods.ts';
import { precondition } from '../models/precondition.ts';
import { thenUndo } from '../models/then-undo.ts';

const appName = nextBuildApp();

test.use({
  needs: ['rollout', 'builds', 'store', 'kill'],
  // A missing chunk of the old build. It must be one pattern, because Playwright reads an array of two as a value and
  // its options.
  expectedConsole: [/status of 404.*\/_nuxt\/.* on |Failed to fetch dynamically imported module/],
});

/** A browser without prefetching: the chunks of a page are requested only when its link is followed. */
const savesData = `Object.defineProperty(navigator, 'connection', { value: { saveData: true } })`;

/** Each loads its files anew, because the cache is disabled. */
const freshPages = 25;
/** Milliseconds. After 60 s the startup probe restarts the suspended pod, and the rollout continues. */
const pauseMs = 35_000;
/** Opened even by a machine that needs longer. */
const enough = 5;

/** Whether the scripts of a page start. Any page would do; this one needs no session. */
async function startsIn(app: App): Promise<boolean> {
  app.page.setDefaultTimeout(deadline(5_000));
  await app.goto('/sign-in');
  return hydrated(app.page).then(
    () => true,
    () => false,
  );
}

test.use({ appName });
const page = sessionApp[appName].pages[1];

test(
  'an update and a rollback: pages load while both builds serve, and each accepts the sessions and open pages of the other',
  { tag: ['@sessions-per-build', '@chunk-errors-ignored', '@files-of-one-build-only'] },
  async ({ app, fleet, newPerson, newProfile, steadyTraffic, ledger }) => {
    const before = (await fleet.pods(appName))[0]?.revision ?? '';
    await app.page.addInitScript({ content: savesData });
    await app.openSignedIn(await newPerson());
    const url = `${app.origin}/api/me`;
    const traffic = steadyTraffic({ url, cookie: await app.cookieHeader(), rate: 25, connection: 'close' });
    await traffic.more(10);
    await thenUndo(
      async () => {
        await rolloutWithPause(fleet, appName, { sources: [nextBuild], revision: 'next' }, async () => {
          const visitor = await app.inProfile(await newProfile());
          const devTools = await visitor.context.newCDPSession(visitor.page);
          await devTools.send('Network.setCacheDisabled', { cacheDisabled: true });
          const served = (path: string) => ledger.rows({ service: appName, path });
          const end = performance.now() + pauseMs;
          let opened = 0;
          for (; opened < freshPages && (opened < enough || performance.now() < end); opened += 1) {
            const started = await startsIn(visitor);
            const refused = (await served('/_nuxt/')).filter(({ status }) => status >= 400);
            expect(
              { started, refused: refused.map(({ status, url, pod }) => `${status} ${url} of ${pod}`) },
              'a fresh page while two builds serve',
            ).toEqual({ started: true, refused: [] });
          }
          for (const path of ['/sign-in', '/_nuxt/']) {
            const rows = (await served(path)).filter(({ status }) => status === 200);
            const builds = new Set(rows.map(({ revision }) => revision));
            expect(builds, `unproven: builds that served ${path}`).toEqual(new Set([before, 'next']));
          }
        });
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
    expect(new Set(samples.map(({ revision }) => revision)), 'builds that answered').toEqual(new Set([before, 'next']));
    expect(await ledger.rows({ service: appName, path: '/auth/oidc/login' }), 'sign-ins').toHaveLength(2);
  },
);
