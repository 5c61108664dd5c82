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
    await expect(operator.page.locator('body')).toContainText(second.name);
    await expect(operator.page.locator('body')).not.toContainText(first.name);
  },
);

test(
  'a second person who signs in over the session of the first ends it',
  { tag: ['@previous-session-kept'] },
  async ({ operator, fleet, newPerson, sessionStore }) => {
    const [first, second] = [await newPerson(), await newPerson()];
    const session = await sessionStore.sessionOf(() => operator.signIn(first));
    // Authentik forgets the first one, as when its session runs out; the app does not hear of it.
    await operator.context.clearCookies({ domain: fleet.hosts.auth });
    await operator.signIn(second);

    const keys = await sessionStore.keyNames();
    expect(keys, 'the session of the first one in Redis').not.toContain(session.key);
    for (const path of ['/api/me', '/api/_auth/session']) {
      const text = await (await operator.call(path)).text();
      expect(text, path).toContain(second.email);
      expect(text, path).not.toContain(first.username);
    }
    await expect(operator.page.locator('body')).toContainText(second.name);
    await expect(operator.page.locator('body')).not.toContainText(first.name);
  },
);
