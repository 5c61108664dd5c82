import { appNames, sessionApp } from '../../apps/environment/apps.ts';
import { expect, test } from '../index.ts';
import { twoPods } from '../claims/two-pods.ts';
import { shows } from '../requirements/requirements.ts';

test.use({ needs: ['store', 'authentik-control'] });

for (const appName of appNames) {
  // Places that show whose session it is: the API, the session in rendered pages, and a page that lists only that user.
  const paths = ['/api/me', '/api/_auth/session', sessionApp[appName].pages[1]];

  test(
    `${appName}: two users, one of them on two devices, at the same time: each response names its own user, also during refreshes`,
    {
      tag: ['@refresh-shared-between-sessions', '@api-cache-keyed-by-name', '@name-shared-between-users'],
      annotation: shows('ASVS 7.2.2'),
    },
    async ({ fleet, newPerson, newHttpSession, sessionStore, authentik }) => {
      const pods = await twoPods(fleet, appName);
      // Of one name, which names nobody.
      const [anna, ben] = [
        await newPerson(undefined, { name: 'Kim Larsen' }),
        await newPerson(undefined, { name: 'Kim Larsen' }),
      ];
      const owners = [anna, anna, ben];
      const personName = new RegExp(`${anna.username.replace(/[^-]*$/, '')}[0-9a-f]{8}`, 'g');
      const devices: Array<Awaited<ReturnType<typeof newHttpSession>>> = [];
      const stored = await sessionStore.sessionsAddedBy(async () => {
        for (const owner of owners) devices.push(await newHttpSession(appName, owner));
      });
      expect(stored, 'sessions in Redis').toHaveLength(owners.length);
      // Slow enough that all refreshes are in progress at the same time.
      for (const { username } of [anna, ben]) await authentik.setFault({ tokenDelayMs: 500, username });

      for (const when of ['with valid tokens', 'while every session is refreshed'] as const) {
        if (when !== 'with valid tokens') for (const session of stored) await sessionStore.expireAccessToken(session);
        const calls = pods.flatMap((pod) => paths.flatMap((path) => devices.map((device) => ({ pod, path, device }))));
        const answers = await Promise.all(
          calls.map(async ({ pod, path, device }) => {
            const answer = await device.call(path, pod);
            const text = await answer.text();
            // Also users of other tests, so that a page that still shows an earlier visitor is detected as well.
            const names = [...new Set(text.match(personName))].toSorted();
            return { pod, path, of: device.username, status: answer.status(), names };
          }),
        );
        expect(answers, `whom answers name ${when}`).toEqual(
          answers.map((answer) => ({ ...answer, status: 200, names: [answer.of] })),
        );
      }
    },
  );
}
