import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../fixtures/index.ts';

/** The start of every JWT: the base64 of `{"`. */
const beginningOfJwt = 'eyJ';

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'no page and no answer of the app hands a token to the browser',
      { tag: ['@tokens-in-pages'] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.startSession(person);
        const bodies = new Map<string, string>();
        for (const path of sessionApp[appName].pages) {
          bodies.set(path, await app.open(path));
        }
        for (const path of [...sessionApp[appName].api, '/api/_auth/session']) {
          const answer = await app.call(path);
          expect(answer.status(), `status of ${path}`).toBe(200);
          bodies.set(path, await answer.text());
        }

        // Only paths, so that a failure does not put the token into the report.
        const leaks = [...bodies].filter(([, body]) => body.includes(beginningOfJwt)).map(([path]) => path);
        expect(leaks, 'answers that hold a token').toEqual([]);
        expect(bodies.get('/api/_auth/session'), 'the session that was looked at').toContain(person.email);
      },
    );

    test(
      'the id token of a sign-out is in the address alone, not in a body',
      { tag: ['@sign-out-repeats-token'] },
      async ({ app, newPerson }) => {
        await app.startSession(await newPerson());
        const answer = await app.context.request.post(`${app.origin}/auth/oidc/logout`, {
          headers: { origin: app.origin },
          maxRedirects: 0,
        });
        expect(answer.headers()['location'], 'where signing out leads').toContain('id_token_hint');
        const hasToken = (await answer.text()).includes(beginningOfJwt);
        expect(hasToken, 'whether the body of the sign-out holds a token').toBe(false);
      },
    );
  });
}
