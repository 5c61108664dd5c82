import type { AppName } from '../../apps/environment/apps.ts';
import type { Profile } from '../../fixtures/authentik/settings/profile.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { appNamed, startSessionAtEach, type App } from '../models/app.ts';
import { chainMs } from '../claims/web-app.ts';
import { logoutCallsDone } from '../models/back-channel.ts';
import { AuthentikLogin, consentPage } from '../claims/authentik-login.ts';
import { expectSignOutEnd, type Circumstances } from '../models/sign-out-end.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

test(
  `signing out of every app, ${appName} last, ends each session and the one at Authentik`,
  { tag: ['@open-flow-blocks-sign-out'] },
  async ({ apps, authentikProfile, newPerson, providerSettings }) => {
    const [last, others] = partition(apps, appName);
    await providerSettings(appName, { invalidationFlow: 'full' });
    const inOrder = [...others, last];
    await startSessionAtEach(inOrder, await newPerson());

    for (const app of inOrder) {
      await app.goto('/');
      await app.signOut();
      await expectSignedOut(app, authentikProfile, { flow: app === last ? 'full' : 'provider' });
    }
    // The last one also signs out of Authentik, and only a page of Authentik itself can show that.
    await last.startSignIn();
    await expect(new AuthentikLogin(last.page).username, 'the login form afterwards').toBeVisible();
  },
);

test(
  `signing out of ${appName} works while the login form of another app is open in another tab`,
  { tag: ['@open-flow-blocks-sign-out'] },
  async ({ apps, authentikProfile, fleet, newPerson }) => {
    const [app, other] = withAnother(apps, appName);
    const person = await newPerson();
    await app.openSignedIn(person);
    // Ends the session at Authentik, as when it expires. Only then does Authentik show a login form for the other
    // app.
    await app.context.clearCookies({ domain: fleet.hosts.auth });
    const tab = await app.context.newPage();
    await tab.goto(`${other.origin}/auth/oidc/login`);
    const login = new AuthentikLogin(tab);
    await expect(login.username, 'the login form in the other tab').toBeVisible();

    await app.signOut();
    await expectSignedOut(app, authentikProfile, { isOver: true });

    await login.signIn(person);
    await expect(tab, 'the sign-in of the other tab').toHaveURL(`${other.origin}/`, { timeout: chainMs });
  },
);

test(
  `signing out of ${appName} works while another app asks for consent in another tab`,
  { tag: ['@open-flow-blocks-sign-out'] },
  async ({ apps, authentikProfile, newPerson, providerSettings }) => {
    const [app, other] = withAnother(apps, appName);
    await providerSettings(other.name, { consent: 'explicit' });
    await app.openSignedIn(await newPerson());
    const tab = await app.context.newPage();
    await tab.goto(`${other.origin}/auth/oidc/login`);
    await expect(consentPage(tab), 'the consent page in the other tab').toBeVisible();

    await app.signOut();
    await expectSignedOut(app, authentikProfile);
  },
);

test(
  `signing out of ${appName} works after another app has ended the session at Authentik`,
  { tag: ['@open-flow-blocks-sign-out'] },
  async ({ apps, authentikProfile, newPerson, providerSettings }) => {
    const [app, other] = withAnother(apps, appName);
    // An app that is notified has no session to sign out of.
    await providerSettings(appName, { logoutUri: null });
    await providerSettings(other.name, { invalidationFlow: 'full' });
    await startSessionAtEach([app, other], await newPerson());

    await other.goto('/');
    await other.signOut();
    await expectSignedOut(other, authentikProfile, { flow: 'full' });

    await app.goto('/');
    await app.signOut();
    await expectSignedOut(app, authentikProfile, { isOver: true });
  },
);

test.describe(() => {
  test.use({ needs: ['store', 'authentik-control'] });

  test(
    `signing out of ${appName} and of Authentik ends the session of another app that was idle`,
    { tag: ['@session-outlives-authentik-session'], annotation: shows('ASVS 7.6.1') },
    async ({ apps, authentik, authentikSetup, newPerson, providerSettings, sessionStore }) => {
      const [app, other] = withAnother(apps, appName);
      await providerSettings(appName, { invalidationFlow: 'full' });
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.startSession(person));
      const idle = await sessionStore.sessionOf(() => other.startSession(person));
      // Both access tokens expire, and only the first app is used again. Authentik calls apps with a valid one.
      await authentik.setClock(600);
      await sessionStore.expireAccessToken(session);
      await sessionStore.expireAccessToken(idle);

      await app.goto('/');
      await app.signOut();
      await logoutCallsDone(authentikSetup);
      expect((await other.call('/api/me')).status(), `the session of ${other.name} that was idle`).toBe(401);
      expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(idle.key);
    },
  );
});

/** The app of that name, and the others. */
function partition(apps: readonly App[], name: AppName): [App, App[]] {
  const app = appNamed(apps, name);
  return [app, apps.filter((each) => each !== app)];
}

/** The app of that name, and another one. */
function withAnother(apps: readonly App[], name: AppName): [App, App] {
  const [app, [another]] = partition(apps, name);
  if (!another) throw new Error('This needs a second app.');
  return [app, another];
}

async function expectSignedOut(app: App, profile: Profile, circumstances: Circumstances = {}): Promise<void> {
  await expectSignOutEnd(app, profile, circumstances);
  expect((await app.call('/api/me')).status(), `${app.name} afterwards`).toBe(401);
}
