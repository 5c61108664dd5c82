import { expect, test } from '../fixtures/index.ts';
import type { App } from '../models/app.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';

for (const [firstName, secondName] of [
  ['operator', 'portal'],
  ['portal', 'operator'],
] as const) {
  test(
    `signing out of ${firstName} and then of ${secondName} ends both, and at Authentik too`,
    { tag: ['@open-flow-blocks-sign-out'] },
    async ({ operator, portal, newPerson, providerSettings }) => {
      const [first, second] = [{ operator, portal }[firstName], { operator, portal }[secondName]];
      await providerSettings(secondName, { invalidationFlow: 'full' });
      await first.signIn(await newPerson());
      await second.startSignIn();
      await second.expectSignedIn();

      for (const app of [first, second]) {
        await app.goto('/');
        await app.signOut();
        await expectSignedOut(app);
      }
      // The second one also signs out of Authentik, and only a page of Authentik itself can show that.
      await second.startSignIn();
      await expect(new AuthentikLogin(second.page).username, 'the login form afterwards').toBeVisible();
    },
  );
}

for (const appName of ['operator', 'portal'] as const) {
  const otherName = appName === 'operator' ? 'portal' : 'operator';

  test(
    `signing out of ${appName} works while the login form of ${otherName} is open in another tab`,
    { tag: ['@open-flow-blocks-sign-out'] },
    async ({ operator, portal, fleet, newPerson }) => {
      const [app, other] = [{ operator, portal }[appName], { operator, portal }[otherName]];
      const person = await newPerson();
      await app.signIn(person);
      // Ends the session at Authentik, as when it expires. Only then does it show the other app a login form.
      await app.context.clearCookies({ domain: fleet.hosts.auth });
      const tab = await app.context.newPage();
      await tab.goto(`${other.origin}/auth/oidc/login`);
      const login = new AuthentikLogin(tab);
      await expect(login.username, 'the login form in the other tab').toBeVisible();

      await app.signOut();
      await expectSignedOut(app);

      await login.signIn(person);
      await expect(tab, 'the sign-in of the other tab').toHaveURL(`${other.origin}/`);
    },
  );
}

async function expectSignedOut(app: App): Promise<void> {
  expect(app.page.url(), `where signing out of ${app.name} ends`).toBe(`${app.origin}/signed-out`);
  await expect(app.page.getByRole('heading', { level: 1 })).toHaveText('You are signed out');
  expect((await app.call('/api/me')).status(), `${app.name} afterwards`).toBe(401);
}
