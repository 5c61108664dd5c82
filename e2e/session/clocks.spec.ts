import { sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { refreshesOf } from '../models/refreshes.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';

const appName = layerApp('operator');

/**
 * Seconds by which Authentik's clock differs from all others, at the sign-in and then in the session, and the lifetime
 * of its tokens. With a clock that is behind, a short lifetime makes platform-api receive a token long after its
 * expiry. nuxt-oidc-auth rejects a token at sign-in whose five minutes are over by the app's clock.
 */
const clocks = [
  { what: '5 minutes ahead', signIn: 300, session: 300, life: 300, tags: ['@tokens-of-the-future-refused'] },
  {
    what: '5 minutes behind, and a little less at the sign-in,',
    signIn: -285,
    session: -300,
    life: 30,
    tags: ['@clock-tolerance-too-small', '@token-expiry-by-provider-clock'],
  },
];

test.use({ appName, needs: ['store', 'authentik-control'] });

for (const { what, signIn, session: later, life, tags } of clocks) {
  test(
    `with Authentik's clock ${what} users sign in, stay signed in and sign out`,
    { tag: tags },
    async ({ app, authentik, authentikProfile, newPerson, providerSettings, sessionStore }) => {
      await authentik.setClock(signIn);
      const person = await newPerson();
      const session = await sessionStore.sessionOf(() => app.signIn(person));
      const { next: after } = await authentik.requests();
      await authentik.setClock(later);
      await providerSettings(appName, { accessTokenSeconds: life });
      // Renewed once, so that only the clocks decide when the next renewal is due.
      await sessionStore.expireAccessToken(session);
      for (const path of sessionApp[appName].api)
        expect((await app.call(path)).status(), `the API with a renewed token, ${path}`).toBe(200);
      const refreshes = await refreshesOf(authentik, { user: person.username, after });
      expect(refreshes, 'refreshes').toEqual([200]);

      await app.goto(sessionApp[appName].pages[1]);
      await app.signOut();
      await expectSignOutEnd(app, authentikProfile);
      expect(await sessionStore.keyNames(), 'session keys afterwards').not.toContain(session.key);
    },
  );
}
