import { expect, test } from '../fixtures/index.ts';
import type { Variant } from '../fixtures/types.ts';
import { catalogue } from '../models/app.ts';
import { refreshesOf } from '../models/refreshes.ts';

/** A module, as an address that needs no file, which moves the clock of a Node process by so many seconds. */
const movedClock = (seconds: number): string => {
  const source = `const real=Date;globalThis.Date=class extends real{constructor(...a){if(a.length)super(...a);else super(real.now()+${seconds}e3)}static now(){return real.now()+${seconds}e3}}`;
  return `--import=data:text/javascript,${encodeURIComponent(source)}`;
};

/** Operator is ahead of platform-api and Authentik, portal behind. */
const variant: Variant = {
  changes: [
    {
      env: [
        { deployment: 'operator', name: 'NODE_OPTIONS', value: movedClock(285) },
        { deployment: 'portal', name: 'NODE_OPTIONS', value: movedClock(-300) },
      ],
    },
  ],
};
/** What only a pod that is ahead, or behind, gets wrong. */
const ownTags = { operator: ['@lifetimes-by-authentiks-clock'], portal: ['@cookies-by-the-clock-of-the-pod'] };

test.use({ variant, needs: ['variants', 'store', 'authentik-control'] });
test.setTimeout(60_000);

for (const appName of ['operator', 'portal'] as const) {
  const what = { operator: 'almost 5 minutes ahead', portal: '5 minutes behind' }[appName];
  test.describe(appName, () => {
    test.use({ appName });

    test(
      `with the clock of the app's pods ${what} people sign in, stay in and sign out`,
      { tag: ['@refused-token-not-renewed', ...ownTags[appName]] },
      async ({ app, newPerson, sessionStore, authentik, authentikFailures }) => {
        const person = await newPerson();
        const session = await sessionStore.sessionOf(() => app.signIn(person));
        const { next: after } = await authentik.requests();
        await sessionStore.expireAccessToken(session);
        for (const path of catalogue[appName].api)
          expect((await app.call(path)).status(), `the API with a renewed token, ${path}`).toBe(200);
        const refreshes = await refreshesOf(authentik, { user: person.username, after });
        expect(refreshes, 'refreshes').toEqual([200]);

        // A token that the app takes for new: it counts from when it came.
        await authentikFailures.clock(-1000);
        await sessionStore.expireAccessToken(session);
        await app.call('/api/me');
        await authentikFailures.clock(0);
        expect((await app.call('/api/me')).status(), 'with a token that is over for platform-api').toBe(200);

        await app.goto('/');
        await app.signOut();
        expect(app.page.url(), 'where signing out ends').toBe(`${app.origin}/signed-out`);
      },
    );
  });
}
