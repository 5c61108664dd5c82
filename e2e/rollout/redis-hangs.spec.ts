import { limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { whileRedisHangs } from '../models/pods.ts';
import { sessionsBack, wholeFleet } from '../models/recovery.ts';
import { hydrated } from '../models/app.ts';

const appName = layerApp('portal');

// The browser logs each error response of the app and of the ingress, which are expected without the store.
test.use({ needs: ['kill', 'store'], expectedConsole: [/server responded with a status of (?:404|502|503)/] });

test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

/** Milliseconds within which a user must see a result in any state of Redis; the apps aim at 2000. */
const maxWaitMs = limit(5000);

const sentence = 'We cannot check your sign-in right now. Please try again in a moment.';

test.use({ appName });

test(
  'a click while Redis hangs shows an error within 5 s',
  { tag: ['@redis-outage-signs-out'] },
  async ({ app, fleet, newPerson }) => {
    await app.openSignedIn(await newPerson());
    // Before hydration a click loads a document, which shows the error page and not the alert of an open page.
    await hydrated(app.page);
    const link = app.page.getByRole('navigation', { name: 'Main' }).getByRole('link').last();
    const path = await link.getAttribute('href');
    await whileRedisHangs(fleet, async () => {
      await link.click();
      await expect(app.page, 'where a click leads').toHaveURL(`${app.origin}${path}`, { timeout: maxWaitMs });
      await expect(app.page.getByRole('alert').first(), 'what a click shows').toHaveText(sentence, {
        timeout: maxWaitMs,
      });
    });
    await sessionsBack(fleet, app);
    await app.goto('/');
    await app.expectSignedIn();
  },
);
