import { expect, test } from '../fixtures/index.ts';

test.use({ needs: ['store'] });

test(
  'the session of one app is none in the other, in both directions',
  { tag: ['@one-session-for-both-apps'] },
  async ({ operator, portal, newPerson, newProfile }) => {
    await operator.signIn(await newPerson());
    await portal.startSignIn();
    await portal.expectSignedIn();

    const stranger = (await newProfile()).request;
    for (const [from, to] of [
      [operator, portal],
      [portal, operator],
    ] as const) {
      const cookie = await from.cookieHeader();
      const call = (origin: string) => stranger.get(`${origin}/api/me`, { headers: { cookie }, maxRedirects: 0 });
      expect((await call(from.origin)).status(), `the cookie of ${from.name} at home`).toBe(200);
      expect((await call(to.origin)).status(), `the cookie of ${from.name} at ${to.name}`).toBe(401);
    }
  },
);

test(
  'two people on one machine, one after the other: nothing of the first is left for the second',
  { tag: ['@logout-keeps-key'] },
  async ({ operator, newPerson, providerSettings, sessionStore }) => {
    await providerSettings('operator', { invalidationFlow: 'full' });
    const [first, second] = [await newPerson(), await newPerson()];
    const left = await sessionStore.addedBy(async () => {
      await operator.signIn(first);
      await operator.signOut();
    });
    expect(left, 'what the first one left in Redis').toEqual([]);
    await operator.signIn(second);
    const me = await operator.call('/api/me');
    expect(await me.text()).toContain(second.email);
    await expect(operator.page.locator('body')).not.toContainText(first.name);
  },
);
