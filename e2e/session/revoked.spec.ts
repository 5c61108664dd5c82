import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/people.ts';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { StoredKey, SessionStore } from '../fixtures/session-store.ts';
import type { AuthentikAdmin } from '../models/authentik-admin.ts';
import { expect, test } from '../fixtures/index.ts';
import type { App } from '../models/app.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';
import { twoPods } from '../models/pods.ts';
import { refreshesAfter } from '../models/refreshes.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';

/** An administrator's action, and what the user can do after it. */
const endings = [
  {
    what: 'a refresh token that is revoked at Authentik',
    end: (admin: AuthentikAdmin, person: Person) => admin.deleteRefreshTokens(person),
    // The session at Authentik still exists.
    signInAgain: async (app: App) => {
      await app.startSignIn();
      await app.expectSignedIn();
    },
  },
  {
    what: 'a person who is deactivated at Authentik',
    end: (admin: AuthentikAdmin, person: Person) => admin.deactivate(person),
    signInAgain: async (app: App, person: Person) => {
      await app.startSignIn();
      const login = new AuthentikLogin(app.page);
      await login.signIn(person);
      await expect(login.password, 'Authentik refuses the password').toHaveValue('');
      expect((await app.call('/api/me')).status(), 'the app of somebody who may not sign in').toBe(401);
    },
  },
] as const;

/** Asserts that the browser's session has ended: on a page, in the store, and on every pod for its old cookie. */
async function expectEnded(
  app: App,
  {
    edge,
    fleet,
    session,
    sessionStore,
  }: { edge: EdgeClient; fleet: Fleet; session: StoredKey; sessionStore: SessionStore },
): Promise<void> {
  const pods = await twoPods(fleet, app.name);
  const cookie = await app.cookieHeader();
  const before = await edge.cursor();
  const page = sessionApp[app.name].pages[1];
  await app.goto(page);
  await expect(app.page, 'where the page leads').toHaveURL(
    (url) => url.pathname === '/sign-in' && url.searchParams.get('to') === page,
  );
  await expect(app.signInControl).toBeVisible();

  expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);
  for (const pod of pods) {
    const answer = await app.call('/api/me', { pod, headers: { cookie } });
    expect(answer.status(), `the old cookie on ${pod}`).toBe(401);
  }
  expect(await refreshesAfter(edge, before), 'refreshes that Authentik was asked for').toEqual([400]);
}

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName, needs: ['store'] });

    for (const { what, end, signInAgain } of endings) {
      test(
        `${what} ends the session when its access token is used up, and not before, when the app is not told`,
        { tag: ['@rejected-refresh-ignored', '@ended-session-kept'] },
        async ({ app, edge, fleet, newPerson, sessionStore, authentikAdmin, ledger, providerSettings }) => {
          await providerSettings(appName, { logoutUri: null });
          const person = await newPerson();
          const session = await sessionStore.sessionOf(() => app.startSession(person));
          await end(authentikAdmin, person);
          expect((await app.call('/api/me')).status(), 'with an access token that is still valid').toBe(200);

          await sessionStore.expireAccessToken(session);
          await expectEnded(app, { edge, fleet, session, sessionStore });
          await signInAgain(app, person);
          expect(await ledger.failures(appName), 'failures').toEqual([]);
        },
      );
    }

    test(
      'a session that is deleted at Authentik goes on in the app when the app is not told, and can be signed out of',
      { tag: ['@sid-demanded', '@missing-id-token-hint'] },
      async ({ app, authentikAdmin, authentikProfile, edge, newPerson, providerSettings, sessionStore }) => {
        await providerSettings(appName, { logoutUri: null });
        const person = await newPerson();
        const session = await sessionStore.sessionOf(() => app.startSession(person));
        await authentikAdmin.deleteSessions(person);
        const deleted = await edge.cursor();

        // Authentik's refresh tokens outlive its sessions. The id token of such a refresh has no `sid`.
        await sessionStore.expireAccessToken(session);
        expect((await app.call('/api/me')).status(), 'refreshing without a session at Authentik').toBe(200);
        expect(await refreshesAfter(edge, deleted)).toEqual([200]);

        await app.goto('/');
        await app.signOut();
        await expectSignOutEnd(app, authentikProfile, { isOver: true });
        expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);
        await app.startSignIn();
        await expect(new AuthentikLogin(app.page).username, 'Authentik asks who it is').toBeVisible();
      },
    );
  });
}
