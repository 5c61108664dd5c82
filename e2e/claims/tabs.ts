import { expect } from '../matchers/index.ts';
import { expectSignInWorks, type ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import type { WebAppDescription } from './web-app.ts';

/** Two tabs of one browser sign in side by side: both end signed in. */
export const tabs =
  ({ name, calls }: WebAppDescription) =>
  async ({ app, fleet, newPerson }: ClaimFixtures) => {
    expectSignInWorks(app);
    // On one pod: another claim is about a sign-in across pods.
    await app.pinTo((await twoPods(fleet, name))[0]);
    const person = await newPerson();
    const both = [app, app.inTab(await app.context.newPage())];
    for (const tab of both) {
      await tab.startSignIn();
      await tab.expectAtProvider();
    }
    for (const [index, tab] of both.entries()) {
      // The user has a session at the provider by now. Authentik still shows its login form, others lead on.
      if (index > 0) await tab.page.reload();
      if (!tab.page.url().startsWith(app.origin)) await tab.logIn(person);
      await tab.expectSignedIn();
      expect((await tab.call(calls[0])).status(), `GET ${calls[0]} of tab ${index + 1}`).toBe(200);
    }
  };
