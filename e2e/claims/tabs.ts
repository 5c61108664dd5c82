import { expect } from '../matchers/index.ts';
import { expectEndsSignedIn, expectSignInWorks, type ClaimFixtures } from './claim.ts';
import { twoPods } from './two-pods.ts';
import type { WebAppDescription } from './web-app.ts';

/** Two tabs of one browser sign in side by side: both end signed in. */
export const tabs =
  ({ name, calls }: WebAppDescription) =>
  async ({ app, fleet, ledger, newPerson }: ClaimFixtures) => {
    expectSignInWorks(app);
    // On one pod: another claim is about a sign-in across pods.
    const [pod] = await twoPods(fleet, name);
    await app.pinTo(pod);
    const person = await newPerson();
    const both = [app, app.inTab(await app.context.newPage())];
    for (const tab of both) {
      await tab.startSignIn();
      await tab.expectAtProvider();
    }
    for (const [index, tab] of both.entries()) {
      // The user has a session at the provider by now. Authentik still shows its login form, others lead on.
      if (index > 0) await tab.page.reload({ waitUntil: 'commit' });
      if (!tab.page.url().startsWith(app.origin)) await tab.logIn(person);
      await expectEndsSignedIn(tab, ledger);
      expect((await tab.call(calls[0])).status(), `GET ${calls[0]} of tab ${index + 1}, on ${pod}`).toBe(200);
    }
  };
