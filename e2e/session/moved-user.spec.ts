import { appNames } from '../../apps/environment/apps.ts';
import { twoPods } from '../claims/two-pods.ts';
import { expect, test } from '../index.ts';

/** What may change within a session: a telephone leaves the Wi-Fi, a browser updates itself, a user chooses a language. */
const changes = {
  'another address': { 'x-edge-address': '203.0.113.7' },
  'an IPv6 address': { 'x-edge-address': '2001:db8::7' },
  'another version of the browser': { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/999.0.0.0 Safari/537.36' },
  'another language': { 'accept-language': 'da' },
};

for (const appName of appNames) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'a user whose address, browser or language changes stays signed in, on every pod',
      { tag: ['@session-bound-to-an-address'] },
      async ({ app, fleet, newPerson }) => {
        const pods = await twoPods(fleet, appName);
        await app.startSession(await newPerson());
        for (const pod of pods) expect((await app.call('/api/me', { pod })).status(), `before, on ${pod}`).toBe(200);
        const refused: string[] = [];
        for (const [what, headers] of Object.entries(changes))
          for (const pod of pods) {
            const status = (await app.call('/api/me', { pod, headers })).status();
            if (status !== 200) refused.push(`${status} with ${what}`);
          }
        expect(refused, 'the session with what may change').toEqual([]);
      },
    );
  });
}
