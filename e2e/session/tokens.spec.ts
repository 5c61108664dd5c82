import { expect, test } from '../fixtures/index.ts';
import { catalogue } from '../models/app.ts';

/** How every JWT begins: the base64 of `{"`. */
const beginningOfJwt = 'eyJ';

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'no page and no answer of the app hands a token to the browser',
      { tag: ['@tokens-in-pages'] },
      async ({ app, newPerson }) => {
        const person = await newPerson();
        await app.signIn(person);
        const bodies = new Map<string, string>();
        for (const path of catalogue[appName].pages) {
          const response = await app.page.goto(app.origin + path);
          bodies.set(path, (await response?.text()) ?? '');
        }
        for (const path of [...catalogue[appName].api, '/api/_auth/session']) {
          bodies.set(path, await (await app.call(path)).text());
        }

        // Paths alone, so that a failure does not carry the token into the report.
        const leaks = [...bodies].filter(([, body]) => body.includes(beginningOfJwt)).map(([path]) => path);
        expect(leaks, 'answers that hold a token').toEqual([]);
        expect(bodies.get('/api/_auth/session'), 'the session that was looked at').toContain(person.email);
      },
    );
  });
}
