import { expect, test } from '../fixtures/index.ts';
import { twoPods } from '../models/pods.ts';

const fourteenDays = 14 * 24 * 60 * 60;

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName, needs: ['store'] });

    test(
      'a session is one key in Redis: db 1, the prefix of the app, 14 days to live',
      { tag: ['@memory-sessions', '@wrong-redis-db', '@shared-prefix', '@missing-ttl'] },
      async ({ app, newPerson, sessionStore }) => {
        const person = await newPerson();
        const added = await sessionStore.addedBy(() => app.signIn(person));

        expect(added, 'keys that signing in adds to Redis').toHaveLength(1);
        const [session] = added;
        expect(session?.db, 'Redis database of the session').toBe(1);
        expect(session?.key, 'name of the session key').toMatch(new RegExp(`^${appName}:oidc:[0-9a-zA-Z_-]{16,}$`));
        expect(session?.ttl, 'seconds to live').toBeGreaterThan(fourteenDays - 60);
        expect(session?.ttl, 'seconds to live').toBeLessThanOrEqual(fourteenDays);
        expect(
          (await sessionStore.keys()).filter(({ db }) => db !== 1),
          'keys outside of db 1',
        ).toEqual([]);
      },
    );

    test('every pod says that it keeps sessions in Redis', { tag: ['@memory-sessions'] }, async ({ app, fleet }) => {
      for (const name of await twoPods(fleet, appName)) {
        const readiness = await app.call('/api/_health/ready', { pod: name });
        expect(await readiness.json(), name).toMatchObject({ driver: 'redis' });
      }
    });
  });
}
