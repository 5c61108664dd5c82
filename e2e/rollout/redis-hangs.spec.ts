import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/index.ts';
import { recovery, withoutReadyPod } from '../models/recovery.ts';
import { catalogue } from '../models/app.ts';

test.setTimeout(120_000);
// Chromium logs each response of 503, which is expected without the store.
test.use({ needs: ['kill', 'store'], expectedConsole: [/server responded with a status of 503/] });

/** Milliseconds that Redis hangs. */
const hangs = 30_000;

/** Milliseconds within which a person must see a result in any state of Redis; the apps aim at 2000. */
const maxWaitMs = 5000;

const sentence = 'Sessions cannot be read right now. Please try again in a moment.';

test(
  'while Redis hangs for 30 s people read a sentence within 5 s, and go on afterwards without signing in',
  { tag: ['@redis-outage-signs-out'] },
  async ({ operator, portal, fleet, newPerson, ledger }) => {
    const apps = [operator, portal];
    await operator.signIn(await newPerson());
    await portal.startSignIn();
    await portal.expectSignedIn();
    const tabs = await Promise.all(
      apps.map(async ({ context, origin }) => {
        const tab = await context.newPage();
        await tab.goto(`${origin}/`);
        await expect(tab.getByRole('main').getByRole('heading', { level: 1 })).toBeVisible();
        return tab;
      }),
    );
    // In the order of `apps`.
    const lastPages = ['/users', '/profile'];
    const redis = (await fleet.pods('dezky-data'))[0]?.name ?? '';

    await fleet.kill(redis, 'SIGSTOP');
    const opened: Opened[] = [];
    try {
      const until = Date.now() + hangs;
      for (const [index, tab] of tabs.entries()) {
        await tab.getByRole('navigation', { name: 'Main' }).getByRole('link').last().click();
        await expect(tab, 'where a click leads').toHaveURL(`${apps[index]?.origin}${lastPages[index]}`, {
          timeout: maxWaitMs,
        });
        await expect(tab.getByRole('alert').first(), 'what a click shows').toHaveText(sentence, { timeout: maxWaitMs });
      }
      while (Date.now() < until) {
        for (const { page, origin, name } of apps) {
          const path = catalogue[name].pages[opened.length % catalogue[name].pages.length] ?? '/';
          opened.push(await open(page, origin + path));
        }
      }
    } finally {
      await fleet.kill(redis, 'SIGCONT');
    }
    // Pods without a Redis are taken out of the ingress, which then answers 503 by itself: that page is not the app's.
    for (const { origin } of apps) {
      const own = opened.filter(({ url, pod }) => url.startsWith(origin) && pod !== '');
      expect(own.length, `pages of ${origin} while Redis hangs`).toBeGreaterThan(0);
    }
    expect(opened, 'pages while Redis hangs').toEqual(
      opened.map(({ url, pod }) => ({ url, pod, status: 503, says: pod ? sentence : expect.any(String) })),
    );

    for (const app of apps) {
      await recovery(() => app.call('/api/me'), { of: `${app.name} when Redis is back`, allowed: withoutReadyPod });
      await app.goto('/');
      await app.expectSignedIn();
      expect(await ledger.rows({ service: app.name, path: '/auth/oidc/login' }), 'sign-ins').toHaveLength(1);
    }
    await expect
      .poll(async () => (await fleet.pods()).filter(({ ready }) => !ready).map(({ name }) => name), {
        message: 'pods that are not Ready when Redis is back',
        timeout: 60_000,
      })
      .toEqual([]);
  },
);

interface Opened {
  url: string;
  /** Empty: the ingress answered. */
  pod: string;
  status: number;
  /** The sentence below the heading of the app's page, or what the ingress says, or why there was no page. */
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
