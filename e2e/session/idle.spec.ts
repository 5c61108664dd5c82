import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { contract } from '../contract.ts';
import { expect, test } from '../index.ts';
import { twoPods } from '../claims/two-pods.ts';
import { shows } from '../requirements/requirements.ts';

const hour = 60 * 60;
const day = 24 * hour;
const sentence = 'You were signed out because you were away for too long. Please sign in again.';

const { idleSeconds, lifetimeDays } = contract;
const withLimit = appNames.flatMap((appName) => {
  const limit = idleSeconds[appName];
  return limit === undefined ? [] : [{ appName, before: limit / hour - 1, after: limit / hour + 1 }];
});
const withoutLimit = appNames.filter((appName) => idleSeconds[appName] === undefined);

test.use({ needs: ['store'] });

for (const { appName, before, after } of withLimit) {
  test.describe(appName, () => {
    test.use({ appName });
    const page = sessionApp[appName].pages[1];
    const signInPage = (url: URL): boolean =>
      url.pathname === '/sign-in' && url.searchParams.get('failed') === 'idle' && url.searchParams.get('to') === page;

    test(
      `a session that was idle for ${after} hours has ended on every pod`,
      { tag: ['@operator-never-idle'], annotation: shows('ASVS 7.3.1') },
      async ({ app, fleet, newPerson, sessionStore }) => {
        const pods = await twoPods(fleet, appName);
        const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
        await sessionStore.age(session, after * hour);

        for (const pod of pods) {
          const answer = await app.call('/api/me', { pod });
          expect(answer.status(), `GET /api/me on ${pod} after ${after} idle hours`).toBe(401);
        }
        const keys = await sessionStore.keyNames();
        expect(keys, 'the idle session in Redis').not.toContain(session.key);
      },
    );

    test(
      `a page after ${after} idle hours is the sign-in page, with the reason`,
      { tag: ['@operator-never-idle'] },
      async ({ app, newPerson, sessionStore }) => {
        const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
        await sessionStore.age(session, after * hour);
        await app.goto(page);
        await expect(app.page, `where a page leads after ${after} idle hours`).toHaveURL(signInPage);
        await expect(app.page.getByRole('alert')).toHaveText(sentence);
      },
    );

    test.describe('in an open page', () => {
      // Chromium logs the refused request of the click.
      test.use({ expectedConsole: [/status of 401 .*\/api\//] });

      test(
        `a click in a page that was left open for ${after} hours leads to the sign-in page, with the reason`,
        { tag: ['@operator-never-idle'] },
        async ({ app, newPerson, sessionStore }) => {
          const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
          await sessionStore.age(session, after * hour);
          await app.page.locator(`nav a[href="${page}"]`).click();
          await expect(app.page, `where a click leads after ${after} idle hours`).toHaveURL(signInPage);
          await expect(app.page.getByRole('alert')).toHaveText(sentence);
        },
      );
    });

    test(
      `a session that was idle for ${before} hours continues`,
      { tag: appName === 'operator' ? ['@operator-idle-limit-too-short'] : [] },
      async ({ app, newPerson, sessionStore }) => {
        const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
        await sessionStore.age(session, before * hour);
        expect((await app.call('/api/me')).status(), `GET /api/me after ${before} idle hours`).toBe(200);
      },
    );
  });
}

for (const appName of withoutLimit) {
  test.describe(appName, () => {
    test.use({ appName });
    const days = lifetimeDays - 1;

    test(
      `a session that was idle for ${days} days continues`,
      { tag: appName === 'portal' ? ['@portal-idle-limit'] : [] },
      async ({ app, newPerson, sessionStore }) => {
        const session = await sessionStore.sessionOf(async () => app.startSession(await newPerson()));
        await sessionStore.age(session, days * day);
        expect((await app.call('/api/me')).status(), `GET /api/me after ${days} idle days`).toBe(200);
      },
    );
  });
}
