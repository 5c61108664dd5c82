import { expect, test } from '../fixtures/index.ts';
import { AuthentikLogin } from '../models/authentik-login.ts';
import { refreshesOf, sessionOf } from '../models/refreshes.ts';
import type { HttpSession } from '../models/sign-in-by-http.ts';

/** A Redis that is read-only, out of memory or without its replicas answers reads and refuses writes. */

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName, needs: ['store', 'authentik-control'] });

    test(
      'while Redis refuses writes a session whose token is due goes on, and is renewed afterwards',
      { tag: ['@refused-lock-is-500'] },
      async ({ newHttpSession, sessionStore, authentik }) => {
        let person!: HttpSession;
        const session = await sessionOf(sessionStore, async () => (person = await newHttpSession(appName)));
        await sessionStore.expireAccessToken(session);
        await sessionStore.whileWritesAreRefused(async () => {
          expect((await person.call('/api/me')).status(), 'the answer while Redis refuses writes').toBe(200);
        });
        expect(await refreshesOf(authentik, { user: person.username }), 'refreshes without a lock').toEqual([]);
        expect((await person.call('/api/me')).status(), 'the answer afterwards').toBe(200);
        expect(await refreshesOf(authentik, { user: person.username }), 'refreshes afterwards').toEqual([200]);
      },
    );

    test(
      'while Redis refuses writes an access token that has really expired is a 503, and nobody has to sign in again',
      { tag: ['@refused-lock-is-500'] },
      async ({ newHttpSession, sessionStore, providerSettings }) => {
        await providerSettings(appName, { accessTokenSeconds: 2 });
        let person!: HttpSession;
        const session = await sessionOf(sessionStore, async () => (person = await newHttpSession(appName)));
        await providerSettings(appName, { accessTokenSeconds: 300 });
        const end = (await sessionStore.accessTokenEnd(session)) ?? 0;
        await expect.poll(() => Date.now() / 1000, { message: 'the token runs out' }).toBeGreaterThan(end);
        await sessionStore.whileWritesAreRefused(async () => {
          expect((await person.call('/api/me')).status(), 'the answer while Redis refuses writes').toBe(503);
        });
        expect((await person.call('/api/me')).status(), 'the answer afterwards').toBe(200);
      },
    );

    test(
      'while Redis refuses writes signing in and signing out end on a page that says so, and work afterwards',
      { tag: ['@refused-write-is-500'] },
      async ({ app, newPerson, sessionStore }) => {
        const person = await newPerson();
        const statusOf = (path: string, work: () => Promise<void>): Promise<number> =>
          sessionStore.whileWritesAreRefused(async () => {
            const answered = app.page.waitForResponse((response) => new URL(response.url()).pathname === path);
            await work();
            const status = (await answered).status();
            await expect(app.page.getByRole('heading', { level: 1 }), `the page at ${path}`).toHaveText(
              'We will be right back',
            );
            return status;
          });

        const signIn = await statusOf('/auth/oidc/callback', async () => {
          await app.startSignIn();
          await new AuthentikLogin(app.page).signIn(person);
        });
        expect(signIn, 'signing in while Redis refuses writes').toBe(503);
        await app.startSignIn();
        await app.expectSignedIn();

        const signOut = await statusOf('/auth/oidc/logout', () => app.signOutControl.click());
        expect(signOut, 'signing out while Redis refuses writes').toBe(503);
        await app.goto('/');
        await app.signOut();
        expect((await app.call('/api/me')).status(), 'after signing out').toBe(401);
      },
    );
  });
}
