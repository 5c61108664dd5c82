import { isLockKey } from '../contract.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { startSessionAtEach } from '../models/app.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('portal');

test.use({ needs: ['store'] });

test(
  'no app accepts a session of another app',
  { tag: ['@one-session-for-both-apps'], annotation: shows('ASVS 3.5.4') },
  async ({ apps, newPerson, newProfile }) => {
    await startSessionAtEach(apps, await newPerson());
    const stranger = (await newProfile()).request;
    for (const from of apps) {
      const cookie = await from.cookieHeader();
      for (const to of apps) {
        const answer = await stranger.get(`${to.origin}/api/me`, { headers: { cookie }, maxRedirects: 0 });
        expect(answer.status(), `the cookie of ${from.name} at ${to.name}`).toBe(from === to ? 200 : 401);
      }
    }
  },
);

test.describe(appName, () => {
  test.use({ appName });

  test(
    'two users in one browser, one after the other: the second sees nothing of the first',
    { tag: ['@logout-keeps-key', '@name-cached-in-browser'] },
    async ({ app, newPerson, providerSettings, sessionStore }) => {
      await providerSettings(appName, { invalidationFlow: 'full' });
      const [first, second] = [await newPerson(), await newPerson()];
      const left = await sessionStore.addedBy(async () => {
        await app.signIn(first);
        await app.signOut();
      });
      // The refresh token is revoked under the lock of the session.
      expect(
        left.filter(({ key }) => !isLockKey(key)),
        'what the first one left in Redis',
      ).toEqual([]);
      await app.signIn(second);
      const me = await app.call('/api/me');
      expect(await me.text()).toContain(second.email);
      await expect(app.page.locator('body')).toContainText(second.name);
      await expect(app.page.locator('body')).not.toContainText(first.name);
    },
  );

  test(
    'a user who signs in over the session of another user ends that session',
    { tag: ['@previous-session-kept'], annotation: shows('ASVS 7.2.4', 'RFC 6265bis 8.4') },
    async ({ app, fleet, newPerson, sessionStore }) => {
      const [first, second] = [await newPerson(), await newPerson()];
      const session = await sessionStore.sessionOf(() => app.signIn(first));
      // Authentik loses the first session, as when it expires. The app is not notified.
      await app.context.clearCookies({ domain: fleet.hosts.auth });
      await app.signIn(second);

      const keys = await sessionStore.keyNames();
      expect(keys, 'the session of the first one in Redis').not.toContain(session.key);
      for (const path of ['/api/me', '/api/_auth/session']) {
        const text = await (await app.call(path)).text();
        const names = { first: text.includes(first.username), second: text.includes(second.email) };
        expect(names, `whom ${path} names`).toEqual({ first: false, second: true });
      }
      await expect(app.page.locator('body')).toContainText(second.name);
      await expect(app.page.locator('body')).not.toContainText(first.name);
    },
  );
});
