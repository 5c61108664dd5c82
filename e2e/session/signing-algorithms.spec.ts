import { expect, test } from '../index.ts';
import { layerApp } from '../layer-app.ts';
import { logoutCallsDone } from '../models/back-channel.ts';
import { twoPods } from '../claims/two-pods.ts';

const appName = layerApp('operator');

/** Algorithms of the elliptic-curve keys that Authentik can sign with; all other tests use RS256. */
const algorithms = ['ES256', 'ES384', 'ES512'] as const;

test.use({ needs: ['store', 'authentik-control'] });

test.use({ appName });

for (const signingKey of algorithms) {
  test(
    `a provider that signs with ${signingKey}: users sign in, platform-api accepts their tokens, and logout tokens end their sessions`,
    { tag: ['@ec-keys-refused', '@ec-logout-tokens-refused'] },
    async ({ authentikAdmin, authentikSetup, fleet, newHttpSession, newPerson, providerSettings }) => {
      await providerSettings(appName, { signingKey });
      const pods = await twoPods(fleet, appName);
      const person = await newPerson();
      const { call } = await newHttpSession(appName, person);
      for (const pod of pods)
        expect((await call('/api/me', pod)).status(), `a call with a token of ${signingKey}`).toBe(200);

      await authentikAdmin.deleteSessions(person);
      await logoutCallsDone(authentikSetup);
      for (const pod of pods)
        expect((await call('/api/me', pod)).status(), `after a logout token of ${signingKey}`).toBe(401);
    },
  );
}
