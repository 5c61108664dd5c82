import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import type { Variant } from '../fixtures/types.ts';
import { nodeClock } from '../models/node-clock.ts';
import { refreshesOf } from '../models/refreshes.ts';
import { expectSignOutEnd } from '../models/sign-out-end.ts';

/** Clock differences, and the regressions that only a pod with such a clock shows. The apps get them in turn. */
const wrongClocks = [
  { what: 'almost 5 minutes ahead', seconds: 285, tag: '@token-expiry-by-provider-clock' },
  { what: '5 minutes behind', seconds: -300, tag: '@cookie-expiry-by-pod-clock' },
];
const clocks = appNames.flatMap((appName, index) => {
  const clock = wrongClocks[index % wrongClocks.length];
  return clock ? [{ appName, ...clock }] : [];
});
const variant: Variant = {
  changes: [
    {
      env: clocks.map(({ appName, seconds }) => ({
        deployment: appName,
        name: 'NODE_OPTIONS',
        value: nodeClock(`real.now()+${seconds}e3`),
      })),
    },
  ],
};

test.use({ variant, needs: ['variants', 'store', 'authentik-control'] });
// On one worker: each would start a fleet for them.
test.describe.configure({ mode: 'default' });

for (const { appName, what, tag } of clocks) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      `with the clock of the app's pods ${what} users sign in, stay signed in and sign out`,
      { tag: ['@refused-token-not-renewed', tag] },
      async ({ app, authentik, authentikProfile, newPerson, sessionStore }) => {
        const person = await newPerson();
        const session = await sessionStore.sessionOf(() => app.signIn(person));
        const { next: after } = await authentik.requests();
        await sessionStore.expireAccessToken(session);
        for (const path of sessionApp[appName].api)
          expect((await app.call(path)).status(), `the API with a renewed token, ${path}`).toBe(200);
        const refreshes = await refreshesOf(authentik, { user: person.username, after });
        expect(refreshes, 'refreshes').toEqual([200]);

        // A token that the app considers new, because its age counts from its arrival.
        await authentik.setClock(-1000);
        await sessionStore.expireAccessToken(session);
        await app.call('/api/me');
        await authentik.setClock(0);
        await sessionStore.age(session, 60);
        expect((await app.call('/api/me')).status(), 'with a token that is over for platform-api').toBe(200);

        await app.goto('/');
        await app.signOut();
        await expectSignOutEnd(app, authentikProfile);
      },
    );
  });
}
