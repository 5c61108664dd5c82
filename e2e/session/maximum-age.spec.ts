import { appNames } from '../../apps/environment/apps.ts';
import { httpsOf } from '../../fleet/hosts.ts';
import { signInByHttp } from '../claims/sign-in-by-http.ts';
import { twoPods } from '../claims/two-pods.ts';
import { contract, routes } from '../contract.ts';
import { expect, test } from '../index.ts';
import { shows } from '../requirements/requirements.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds that the user is asked for the password earlier than sessions end, when signing in again. */
const earlier = hour;

test.use({ needs: ['store', 'authentik-control'] });

for (const appName of appNames) {
  const most = contract.maxSeconds[appName];
  test.describe(appName, () => {
    /**
     * What a user gets who entered the password this long ago, and has been back at Authentik since, so that it has not
     * forgotten the user: in the session of that time, and then by another sign-in.
     */
    const moments = [
      { what: 'nobody is asked before', age: most - earlier - minute, session: 200, isAsked: false },
      { what: 'a new sign-in asks in the last hour', age: most - earlier + minute, session: 200, isAsked: true },
      { what: 'the session has ended after', age: most + minute, session: 401, isAsked: true },
    ];

    test(
      `a user enters the password again after ${most / hour} hours and not before, and is then signed in`,
      {
        tag: [
          '@no-max-age',
          '@session-without-maximum-age',
          ...(appName === 'portal' ? ['@maximum-age-of-a-day'] : []),
        ],
        annotation: shows('ASVS 7.3.2', 'ASVS 7.6.1'),
      },
      async ({ authentik, fleet, newHttpSession, newPerson, providerSettings, sessionStore }) => {
        // So that the tokens of then are valid now.
        await providerSettings(appName, { accessTokenSeconds: 2 * most });
        const pods = await twoPods(fleet, appName);
        const origin = httpsOf(fleet.hosts[appName]);
        const seen: Record<string, unknown> = {};
        for (const { what, age } of moments) {
          const person = await newPerson();
          await authentik.setClock(-age);
          const { session, person: own } = await sessionStore.signedIn(() => newHttpSession(appName, person));
          const authorize =
            (await own.request.get(origin + routes.signIn, { maxRedirects: 0 })).headers()['location'] ?? '';
          // A session at Authentik ends a day after its last use.
          for (let left = age; left > 0; left -= 0.9 * day) {
            await authentik.setClock(-left);
            await own.request.get(authorize, { maxRedirects: 0 });
          }
          await authentik.setClock(0);
          // Renewed since, and the cookie as well.
          await sessionStore.age(session, -age);
          const answers = () => Promise.all(pods.map(async (pod) => (await own.call('/api/me', pod)).status()));
          const before = await answers();
          const isAsked = await signInByHttp(own.request, origin, person, routes.signIn);
          seen[what] = { session: before, isAsked, afterwards: await answers() };
        }
        expect(seen, 'what users get, by the age of their password').toEqual(
          Object.fromEntries(
            moments.map(({ what, session, isAsked }) => [
              what,
              { session: [session, session], isAsked, afterwards: [200, 200] },
            ]),
          ),
        );
      },
    );
  });
}
