import { decodeJwt } from 'jose';
import { appNames, sessionApp, type AppName } from '../../apps/environment/apps.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { startSessionAtEach } from '../models/app.ts';
import { AuthentikLogin } from '../claims/authentik-login.ts';
import { chainMs } from '../claims/web-app.ts';
import { twoPods } from '../claims/two-pods.ts';
import { precondition } from '../models/precondition.ts';
import { tokenExpired } from '../models/refreshes.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';
import { shows } from '../requirements/requirements.ts';

/** Regressions of an end-session endpoint that only one of the apps can have. */
const ownAddress: Partial<Record<AppName, string[]>> = {
  operator: ['@dev-end-session'],
  portal: ['@other-slug-end-session'],
};

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'sign-out goes to the end-session endpoint of this app on the production host, and back',
      {
        tag: [
          '@id-token-hint-missing',
          '@logout-never-reaches-authentik',
          '@sign-out-blocked-by-csp',
          '@dev-host-in-sign-out-location',
          '@sign-out-names-the-user',
          '@id-token-hint-wrong-audience',
          '@post-logout-uri-not-registered',
          ...(ownAddress[appName] ?? []),
        ],
        annotation: shows(
          'RP-Initiated Logout 2 endpoint',
          'RP-Initiated Logout 2 https',
          'RP-Initiated Logout 2 id_token_hint',
          'RP-Initiated Logout 2 post_logout_redirect_uri',
          'RP-Initiated Logout 3 way back',
        ),
      },
      async ({ app, authentikProfile, fleet, newPerson }) => {
        await app.openSignedIn(await newPerson());
        const hops = await app.signOut();
        const auth = httpsOf(fleet.hosts.auth);

        expect(`${hops[0]?.method} ${hops[0]?.url.href}`, 'first hop').toBe(`POST ${app.origin}/auth/oidc/logout`);
        expect(hops).toComeTo(`${auth}/application/o/${appName}/end-session/`);
        const endSession = new URL(hops.find(({ url }) => url.pathname.endsWith('/end-session/'))?.url ?? '');
        expect([...endSession.searchParams.keys()].toSorted(), 'end-session parameters').toEqual([
          'id_token_hint',
          'post_logout_redirect_uri',
        ]);
        expect(endSession.searchParams.get('post_logout_redirect_uri')).toBe(`${app.origin}/signed-out`);
        expect(decodeJwt(endSession.searchParams.get('id_token_hint') ?? ''), 'id_token_hint').toMatchObject({
          iss: `${auth}/application/o/${appName}/`,
          aud: appName,
        });
        await expectSignOutEnd(app, authentikProfile);
        const strangers = hops
          .map(({ url }) => url.host)
          .filter((host) => ![fleet.hosts[appName], fleet.hosts.auth].includes(host));
        expect(strangers, 'hosts on the way that belong to neither the app nor Authentik').toEqual([]);
      },
    );

    test(
      'after sign-out the Redis key is gone, and no pod accepts the old cookie',
      {
        tag: ['@logout-keeps-key', '@cookie-without-session-accepted'],
        annotation: shows('ASVS 7.4.1', 'store clear entry'),
      },
      async ({ app, fleet, newPerson, newProfile, sessionStore }) => {
        const pods = await twoPods(fleet, appName);
        const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
        const cookie = await app.cookieHeader();
        await app.signOut();

        const keys = await sessionStore.keyNames();
        expect(keys, 'session keys after signing out').not.toContain(session.key);
        const stranger = (await newProfile()).request;
        for (const pod of pods) {
          for (const path of [...sessionApp[appName].api, '/api/_auth/session']) {
            const replay = await stranger.get(app.origin + path, {
              headers: { cookie, 'x-edge-pin': pod },
              maxRedirects: 0,
            });
            expect(replay.status(), `old cookie, ${path} on ${pod}`).toBe(401);
          }
        }
        await app.goto(sessionApp[appName].pages[1]);
        await expect(app.page, 'a protected page afterwards').toHaveURL(/\/sign-in/);
      },
    );
  });
}

test.describe(() => {
  const appName = layerApp('operator');
  test.use({ appName });

  test(
    'after sign-out Authentik refuses the refresh token of the session',
    { tag: ['@refresh-token-outlives-sign-out'], annotation: shows('RFC 7009 2.1 authentication', 'RFC 7009 2.2') },
    async ({ app, authentikAdmin, newPerson }) => {
      const person = await newPerson();
      await app.openSignedIn(person);
      expect(await authentikAdmin.refreshTokensOf(person), 'valid refresh tokens of the session').toBe(1);
      await app.signOut();
      const left = () => authentikAdmin.refreshTokensOf(person);
      await expect.poll(left, { message: 'valid refresh tokens after signing out' }).toBe(0);
    },
  );

  test(
    'the sign-out request cannot choose where it redirects',
    {
      tag: ['@open-redirect-on-logout', '@signed-out-page-on-another-host'],
      annotation: shows('ASVS 3.7.2', 'RFC 9700 2.1 redirectors'),
    },
    async ({ app, authentikProfile, fleet, newPerson }) => {
      await app.openSignedIn(await newPerson());
      const evil = 'https://evil.example/';
      await app.page
        .locator('form:has(button:has-text("Sign out"))')
        .evaluate((form: HTMLFormElement, to) => (form.action += `?logoutRedirectUri=${encodeURIComponent(to)}`), evil);
      const hops = await app.signOut();
      const query = hops[0]?.url.search ?? '';
      precondition(query.includes('logoutRedirectUri'), `the query of the request that signs out is "${query}"`);
      const asked = hops.flatMap(({ url }) => url.searchParams.getAll('post_logout_redirect_uri'));
      expect(new Set(asked), 'ways back that Authentik was asked for').toEqual(new Set([`${app.origin}/signed-out`]));
      const hosts = new Set(hops.map(({ url }) => url.host));
      expect(hosts, 'hosts on the way').toEqual(new Set([fleet.hosts[appName], fleet.hosts.auth]));
      await expectSignOutEnd(app, authentikProfile);
    },
  );

  test(
    'with the provider flow Authentik remembers the user',
    { tag: ['@prompt-login'] },
    async ({ app, fleet, newPerson }) => {
      // Signs in at Authentik itself, so that the test does not depend on an app's sign-in.
      await app.page.goto(httpsOf(fleet.hosts.auth));
      const login = new AuthentikLogin(app.page);
      await login.signIn(await newPerson());
      await login.expectHome();
      await app.startSignIn();
      await expect(app.page, 'Authentik remembers the person').toHaveURL(`${app.origin}/`, { timeout: chainMs });

      await app.signOut();
      expect((await app.call('/api/me')).status(), `${appName} after it signed out`).toBe(401);
      await app.startSignIn();
      await expect(app.page, 'Authentik remembers the person afterwards').toHaveURL(`${app.origin}/`, {
        timeout: chainMs,
      });
    },
  );

  test(
    'with the provider flow every other app stays signed in',
    { tag: ['@logout-clears-store'] },
    async ({ app, apps, newPerson }) => {
      await startSessionAtEach(apps, await newPerson());
      const others = apps.filter(({ name }) => name !== appName);
      for (const other of others)
        expect((await other.call('/api/me')).status(), `${other.name} before ${appName} signs out`).toBe(200);
      await app.goto('/');
      await app.signOut();
      expect((await app.call('/api/me')).status(), `${appName} after it signed out`).toBe(401);
      for (const other of others)
        expect((await other.call('/api/me')).status(), `${other.name} after ${appName} signed out`).toBe(200);
    },
  );

  test.describe('while Authentik rejects refreshes', () => {
    test.use({ needs: ['store', 'authentik-control'] });

    test(
      'a page that was open until its id token had expired on every clock can sign out',
      { tag: ['@expired-hint-left-out'] },
      async ({ app, authentik, authentikProfile, newPerson, providerSettings, sessionStore }) => {
        await providerSettings(appName, { accessTokenSeconds: 2 });
        const session = await sessionStore.sessionOf(async () => app.openSignedIn(await newPerson()));
        await tokenExpired((await sessionStore.accessTokenEnd(session)) ?? 0);
        await authentik.setClock(300);
        await app.signOut();
        await expectSignOutEnd(app, authentikProfile);
        expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);
      },
    );

    test(
      'sign-out works with an expired token',
      { tag: ['@logout-needs-refresh'], annotation: shows('RP-Initiated Logout 2 id_token_hint') },
      async ({ app, authentik, authentikProfile, fleet, newPerson, sessionStore }) => {
        const person = await newPerson();
        await sessionStore.expireAccessToken(await sessionStore.sessionOf(() => app.openSignedIn(person)));
        await authentik.setFault({ tokenStatus: 503, username: person.username });
        const hops = await app.signOut();
        await authentik.clearFaults(person.username);

        expect(hops).toComeTo(`${httpsOf(fleet.hosts.auth)}/application/o/${appName}/end-session/`);
        const endSession = hops.find(({ url }) => url.pathname.endsWith('/end-session/'))?.url;
        expect(endSession?.searchParams.get('id_token_hint'), 'id_token_hint').toBeTruthy();
        await expectSignOutEnd(app, authentikProfile);
      },
    );
  });
});
