import { expect, test } from '../fixtures/developer.ts';

test.use({ needs: ['variants'] });

for (const appName of ['operator', 'portal'] as const) {
  test.describe(appName, () => {
    test.use({ appName });

    test(
      'without SESSION_REDIS_URL one pod keeps sessions in memory and needs no Redis',
      { tag: ['@redis-required'] },
      async ({ app, fleet, newPerson }) => {
        const redis = (await fleet.pods('dezky-data')).map(({ name }) => name);
        expect(redis, 'Redis pods of this fleet').toEqual([]);
        expect(await (await app.call('/api/_health/ready')).json()).toMatchObject({ driver: 'memory' });

        await app.signIn(await newPerson());
        expect((await app.call('/api/me')).status()).toBe(200);
        await app.signOut();
        expect((await app.call('/api/me')).status()).toBe(401);
      },
    );
  });
}
