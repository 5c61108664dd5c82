import { sessionApp } from '../../apps/environment/apps.ts';
import type { Person } from '../../fixtures/person.ts';
import type { EdgeClient } from '../../fleet/edge/client.ts';
import type { Fleet } from '../../fleet/engines/shared/engine.ts';
import type { StoredKey, SessionKeys } from '../models/session-store.ts';
import type { AuthentikAdmin } from '../claims/authentik-admin.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import type { App } from '../models/app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { twoPods } from '../claims/two-pods.ts';
import { refreshesAfter } from '../models/refreshes.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';
import { shows } from '../requirements/requirements.ts';

const appName = layerApp('operator');

/** An administrator's action, how Authentik answers the next refresh, and what the person can do after it. */
const endings = [
  {
    what: 'a refresh token that is revoked at Authentik',
    tags: ['@invalid-grant-treated-as-outage', '@ended-session-left-in-redis'],
    annotation: shows('store save over expired'),
    end: (admin: AuthentikAdmin, person: Person) => admin.deleteRefreshTokens(person),
    refresh: 400,
    // The session at Authentik still exists.
    signInAgain: async (app: App) => {
      await app.startSignIn();
      await app.expectSignedIn();
    },
  },
  {
    what: 'a user who is deactivated at Authentik',
    tags: ['@invalid-grant-treated-as-outage', '@ended-session-left-in-redis'],
    annotation: shows('ASVS 7.4.2'),
    end: (admin: AuthentikAdmin, person: Person) => admin.deactivate(person),
    refresh: 400,
    signInAgain: async (app: App, person: Person) => {
      await app.startSignIn();
      const login = new AuthentikLogin(app.page);
      await login.signIn(person);
      await login.expectRefusal();
      expect((await app.call('/api/me')).status(), 'the app of somebody who may not sign in').toBe(401);
    },
  },
  {
    what: 'a session that is deleted at Authentik',
    tags: ['@session-outlives-authentik-session', '@ended-session-left-in-redis'],
    annotation: shows('ASVS 7.4.5', 'ASVS 7.6.1'),
    end: (admin: AuthentikAdmin, person: Person) => admin.deleteSessions(person),
    // Refresh tokens outlive the session. The id token has no `sid` then.
    refresh: 200,
    signInAgain: async (app: App) => {
      await app.startSignIn();
      await expect(new AuthentikLogin(app.page).username, 'the login form').toBeVisible();
    },
  },
] as const;

/** Asserts that the browser's session has ended: on a page, in the store, and on every pod for its old cookie. */
async function expectEnded(
  app: App,
  {
    edge,
    fleet,
    refresh,
    session,
    sessionStore,
  }: { edge: EdgeClient; fleet: Fleet; refresh: number; session: StoredKey; sessionStore: SessionKeys },
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
  expect(await refreshesAfter(edge, before), 'refreshes that Authentik was asked for').toEqual([refresh]);
}

test.use({ appName, needs: ['store'] });

for (const { what, tags, annotation, end, refresh, signInAgain } of endings) {
  test(
    `${what} ends the session when its access token expires, and not before, without a back-channel logout`,
    { tag: [...tags], annotation },
    async ({ app, edge, fleet, newPerson, sessionStore, authentikAdmin, ledger, providerSettings }) => {
      await providerSettings(appName, { logoutUri: null });
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.startSession(person));
      await end(authentikAdmin, person);
      expect((await app.call('/api/me')).status(), 'with an access token that is still valid').toBe(200);

      await sessionStore.expireAccessToken(session);
      await expectEnded(app, { edge, fleet, refresh, session, sessionStore });
      await signInAgain(app, person);
      expect(await ledger.failures(appName), 'failures').toEqual([]);
    },
  );
}

test.describe(() => {
  test.use({ needs: ['store', 'authentik-control'] });

  test(
    'a session that has expired at Authentik continues in the app, and the user can sign out',
    { tag: ['@refresh-requires-sid', '@id-token-hint-missing'], annotation: shows('ASVS 7.6.1') },
    async ({ app, authentik, authentikProfile, edge, newPerson, sessionStore }) => {
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.startSession(person));
      await authentik.setClock(25 * 3600);
      await authentik.removeExpiredSessions();
      const expired = await edge.cursor();

      await sessionStore.expireAccessToken(session);
      expect((await app.call('/api/me')).status(), 'refreshing after the session at Authentik has expired').toBe(200);
      expect(await refreshesAfter(edge, expired)).toEqual([200]);

      await app.goto('/');
      await app.signOut();
      await expectSignOutEnd(app, authentikProfile, { isOver: true });
      expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);
      await app.startSignIn();
      await expect(new AuthentikLogin(app.page).username, 'the login form').toBeVisible();
    },
  );
});
