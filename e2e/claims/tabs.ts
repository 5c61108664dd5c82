import { expect } from '../matchers/index.ts';
import { AuthentikLogin } from './authentik-login.ts';
import type { ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import type { WebAppDescription } from './web-app.ts';

/** Two tabs of one browser sign in side by side: both end signed in. */
export const tabs =
  ({ name, calls }: WebAppDescription) =>
  async ({ app, fleet, newPerson }: ClaimFixtures) => {
    // On one pod: another claim is about a sign-in across pods.
    await app.pinTo((await twoPods(fleet, name))[0]);
    const person = await newPerson();
    const both = [app, app.inTab(await app.context.newPage())];
    for (const tab of both) {
      await tab.startSignIn();
      await expect(new AuthentikLogin(tab.page).username, 'the login form').toBeVisible();
    }
    for (const [index, tab] of both.entries()) {
      // The user has a session at Authentik by now, but its login form is still shown.
      if (index > 0) await tab.page.reload();
      await new AuthentikLogin(tab.page).signIn(person);
      await tab.expectSignedIn();
      expect((await tab.call(calls[0])).status(), `GET ${calls[0]} of tab ${index + 1}`).toBe(200);
    }
  };
