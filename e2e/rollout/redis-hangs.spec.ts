import type { Page } from '@playwright/test';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import { sessionApp } from '../../apps/environment/apps.ts';
import { limit } from '../deadline.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { whileRedisHangs } from '../models/pods.ts';
import { sessionsBack, wholeFleet } from '../models/recovery.ts';
import { hydrated, type App } from '../models/app.ts';

const appName = layerApp('portal');

// The browser logs each error response of the app and of the ingress, which are expected without the store.
test.use({ needs: ['kill', 'store'], expectedConsole: [/server responded with a status of (?:404|502|503)/] });

test.afterEach(({ fleet, apps }) => wholeFleet(fleet, apps));

/** Milliseconds that Redis hangs. */
const hangs = 30_000;

/** Milliseconds within which a user must see a result in any state of Redis; the apps aim at 2000. */
const maxWaitMs = limit(5000);

const sentence = 'We cannot check your sign-in right now. Please try again in a moment.';

test.use({ appName });
const { pages } = sessionApp[appName];

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
    await recovered(fleet, app);
  },
);

test(
  'pages opened while Redis hangs for 30 s show an error within 5 s, and nobody has to sign in afterwards',
  { tag: ['@redis-without-timeouts', '@redis-outage-is-500', '@redis-outage-takes-pods-out'] },
  async ({ app, fleet, newPerson, ledger }) => {
    await app.openSignedIn(await newPerson());
    const opened: Opened[] = [];
    await whileRedisHangs(fleet, async () => {
      for (const until = Date.now() + hangs; Date.now() < until;)
        opened.push(await open(app.page, app.origin + (pages[opened.length % pages.length] ?? '/')));
    });
    expect(opened.length, 'pages of the app while Redis hangs').toBeGreaterThan(0);
    expect(opened, 'pages while Redis hangs').toEqual(
      opened.map(({ url }) => ({ url, pod: expect.stringMatching(/./), status: 503, says: sentence })),
    );
    await recovered(fleet, app);
    expect(await ledger.rows({ service: app.name, path: '/auth/oidc/login' }), 'sign-ins').toHaveLength(1);
  },
);

async function recovered(fleet: Fleet, app: App): Promise<void> {
  await sessionsBack(fleet, app);
  await app.goto('/');
  await app.expectSignedIn();
}

interface Opened {
  url: string;
  /** Empty: the ingress responded. */
  pod: string;
  status: number;
  /** The sentence below the heading of the app's page, or the ingress's text, or why there was no page. */
  says: string;
}

async function open(page: Page, url: string): Promise<Opened> {
  try {
    const response = await page.goto(url, { timeout: maxWaitMs });
    const pod = response?.headers()['x-served-by'] ?? '';
    const text = pod ? page.getByRole('main').locator('p.lede') : page.locator('body');
    return { url, pod, status: response?.status() ?? 0, says: await text.innerText({ timeout: maxWaitMs }) };
  } catch (error) {
    return { url, pod: '', status: 0, says: (error as Error).message.split('\n')[0] ?? '' };
  }
}
