import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { groupWords, profilePage } from '../models/copy.ts';
import { twoPods } from '../claims/two-pods.ts';
import { recovery, wholeFleet } from '../models/recovery.ts';
import { thenUndo } from '../models/then-undo.ts';

const appName = layerApp('portal');

const sentence = 'This cannot be loaded right now. Please try again in a moment.';

/** Sends a signal to every pod of platform-api. */
const signalPlatformApi = async (fleet: Fleet): Promise<(name: NodeJS.Signals) => Promise<unknown>> => {
  const pods = await twoPods(fleet, 'platform-api');
  return (name) => Promise.all(pods.map((pod) => fleet.kill(pod, name)));
};

test.describe('when platform-api hangs', () => {
  test.use({ appName, needs: ['kill'] });
  test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

  test(
    'a page comes without the parts that are late, and the browser loads them',
    { tag: ['@page-waits-for-platform-api'] },
    async ({ app, fleet, newPerson }) => {
      const person = await newPerson();
      await app.startSession(person);
      const signal = await signalPlatformApi(fleet);
      await signal('SIGSTOP');
      const main = app.page.getByRole('main');
      await thenUndo(
        async () => {
          await app.goto(profilePage[appName]);
          await expect(main.getByRole('status'), 'a part that is late').toBeVisible();
          await expect(main, 'who is signed in').toContainText(person.email);
        },
        () => signal('SIGCONT'),
      );
      await expect(main, 'the part that was late').toContainText(groupWords(person.groups));
      await expect(app.page.getByRole('alert')).toHaveCount(0);
    },
  );
});

test.describe(() => {
  test.use({ appName, needs: ['scale'] });

  test(
    'while platform-api is down a page says so, shows who is signed in, and recovers with "Try again"',
    { tag: ['@try-again-does-nothing'] },
    async ({ app, fleet, newPerson }) => {
      const person = await newPerson();
      await app.startSession(person);
      const { length: replicas } = await twoPods(fleet, 'platform-api');
      await fleet.scale('platform-api', 0);
      await thenUndo(
        async () => {
          expect((await app.call('/api/me')).status(), 'GET /api/me during the outage').toBe(502);
          await app.goto(profilePage[appName]);
          await expect(app.page, 'where the page is during the outage').toHaveURL(app.origin + profilePage[appName]);
          await expect(app.page.getByRole('alert'), 'what the page says during the outage').toHaveText([sentence]);
          const email = app.page.locator('dl > div').filter({ has: app.page.getByText('Email', { exact: true }) });
          await expect(email.locator('dd'), 'email that the page shows during the outage').toHaveText(person.email);
        },
        () => fleet.scale('platform-api', replicas),
      );

      await recovery(() => app.call('/api/me'), { of: 'the API after the outage', allowed: ['502 app'] });
      await app.page.getByRole('button', { name: 'Try again' }).click();
      await expect(app.page.getByRole('alert'), 'alerts after "Try again"').toHaveCount(0);
      await expect(app.page.locator('dl'), 'what "Try again" brought').toContainText([/./, groupWords(person.groups)]);
    },
  );
});
