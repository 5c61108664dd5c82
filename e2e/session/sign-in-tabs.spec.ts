import { sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { App } from '../models/app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { chainMs } from '../claims/web-app.ts';

const appName = layerApp('operator');

test.use({ appName, needs: ['store'] });

for (const first of ['newer', 'older'] as const) {
  test(
    `two tabs at the login form, the ${first} one finishes first: both end in the app`,
    { tag: ['@callback-ignores-session'] },
    async ({ app, fleet, edge, clientId, newPerson, sessionStore, ledger }) => {
      const person = await newPerson();
      const older = app;
      const newer = new App(appName, { page: await app.context.newPage(), hosts: fleet.hosts, edge, clientId });
      for (const tab of [older, newer]) {
        await tab.startSignIn();
        await expect(new AuthentikLogin(tab.page).username, 'the login form').toBeVisible();
      }
      const [one, two] = first === 'newer' ? [newer, older] : [older, newer];
      const added = await sessionStore.sessionsAddedBy(async () => {
        await new AuthentikLogin(one.page).signIn(person);
        // The older attempt is no longer the browser's latest. The page says so, and one click is enough now.
        if (first === 'older') {
          await expect(one.page.getByRole('alert'), 'what the older tab says').toBeVisible();
          await one.signInControl.click();
        }
        await one.expectSignedIn();

        // The user has a session at Authentik by now, but its login form is still shown.
        await two.page.reload();
        await new AuthentikLogin(two.page).signIn(person);
        await expect(two.page, 'where the second tab ends').toHaveURL(`${app.origin}/`, { timeout: chainMs });
        await expect(two.signOutControl).toBeVisible();
      });
      expect(added, 'sessions that two tabs leave').toHaveLength(1);
      for (const tab of [one, two]) expect((await tab.call('/api/me')).status()).toBe(200);
      expect(await ledger.failures(appName), 'failures').toEqual([]);
    },
  );
}

test(
  'five tabs at the login form each end on their own page, the oldest first',
  { tag: ['@page-of-another-tab'] },
  async ({ app, fleet, edge, clientId, newPerson }) => {
    const person = await newPerson();
    const page = sessionApp[appName].pages[1];
    const tabs = [app];
    while (tabs.length < 5)
      tabs.push(new App(appName, { page: await app.context.newPage(), hosts: fleet.hosts, edge, clientId }));
    for (const [index, tab] of tabs.entries()) {
      await tab.goto(`${page}?tab=${index}`);
      await tab.signInControl.click();
      await expect(new AuthentikLogin(tab.page).username, 'the login form').toBeVisible();
    }
    for (const [index, tab] of tabs.entries()) {
      // The user has a session at Authentik by now, but its login form is still shown.
      if (index > 0) await tab.page.reload();
      await new AuthentikLogin(tab.page).signIn(person);
      // It is not the latest attempt of the browser. One click is enough now.
      if (index === 0) {
        await expect(tab.page.getByRole('alert'), 'what the oldest tab says').toBeVisible();
        await tab.signInControl.click();
      }
      await expect(tab.page, `the page of tab ${index}`).toHaveURL(`${app.origin}${page}?tab=${index}`, {
        timeout: chainMs,
      });
    }
  },
);

test(
  'a sign-in that Authentik rejects or the user cancels leads to the sign-in page, and can be started again',
  {
    tag: ['@callbacks-leave-keys', '@sign-in-by-click-broken'],
  },
  async ({ app, newPerson, sessionStore }) => {
    await app.startSignIn();
    const login = new AuthentikLogin(app.page);
    await expect(login.username, 'the login form').toBeVisible();
    const authorize = new URL(new URL(app.page.url()).searchParams.get('next') ?? '', app.page.url());
    const state = authorize.searchParams.get('state') ?? '';
    const left = await sessionStore.addedBy(() =>
      app.goto(`/auth/oidc/callback?error=access_denied&error_description=no&state=${encodeURIComponent(state)}`),
    );
    expect(left, 'sessions that a refusal opens').toEqual([]);
    await expect(app.page, 'where a refusal leads').toHaveURL((url) => url.pathname === '/sign-in');
    await expect(app.page.getByRole('alert'), 'what it says').toHaveText(
      'Signing in was cancelled. You can start again.',
    );

    await app.signInControl.click();
    await expect(login.username, 'the login form, once more').toBeVisible();
    await app.page.goBack();
    await expect(app.page, 'one step back').toHaveURL((url) => url.pathname === '/sign-in');
    await app.signInControl.click();
    await login.signIn(await newPerson());
    await app.expectSignedIn();
  },
);
